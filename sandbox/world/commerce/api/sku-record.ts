import type { Sku } from '../sku'

const SIZES = { height: 10, length: 10, weight: 500, width: 10 }

/** Required fields of a SKU's record in VTEX's OpenAPI document that a stock export does not read. */
export function otherFields({ id, productId, name }: Sku) {
  return {
    NameComplete: name,
    ProductName: name,
    ProductDescription: '',
    TaxCode: '',
    SkuName: name,
    IsTransported: true,
    IsInventoried: true,
    IsGiftCardRecharge: false,
    ImageUrl: '',
    DetailUrl: `/article-${productId}/p`,
    CSCIdentification: null,
    BrandId: '2000001',
    BrandName: 'Sandbox',
    IsBrandActive: true,
    Dimension: { cubicweight: 0.2, ...SIZES },
    RealDimension: {
      realCubicWeight: 0.2,
      realHeight: SIZES.height,
      realLength: SIZES.length,
      realWeight: SIZES.weight,
      realWidth: SIZES.width,
    },
    ManufacturerCode: '',
    Services: [],
    Categories: [],
    CategoriesFullPath: ['/1/'],
    Attachments: [],
    Collections: [],
    Images: [{ ImageUrl: '', ImageName: '', FileId: id }],
    SkuSpecifications: [],
    ProductSpecifications: [],
    ProductClustersIds: '',
    ProductCategoryIds: '/1/',
    ProductGlobalCategoryId: null,
    ProductCategories: { '1': 'Articles' },
    CommercialConditionId: 1,
    RewardValue: 0,
    EstimatedDateArrival: null,
    MeasurementUnit: 'un',
    UnitMultiplier: 1,
    InformationSource: 'Indexer',
    ModalType: null,
    KeyWords: name,
    ReleaseDate: '2020-01-01T00:00:00Z',
    ProductIsVisible: true,
    ShowIfNotAvailable: true,
  }
}

/** Required fields of a SKU's sellers in VTEX's OpenAPI document besides the binding. */
export const NO_COMMISSION = { FreightCommissionPercentage: 0, ProductCommissionPercentage: 0 }
