import { AppGraphQLClient, IOClients, type IOContext } from '@vtex/api'

export class Catalog extends AppGraphQLClient {
  constructor(context: IOContext) {
    super('vtex.catalog-graphql@1.x', context, { retries: 1 })
  }

  brand(id: string): Promise<{ data?: { brand: { name: string } } }> {
    const query = 'query brand($id: ID!) { brand(id: $id) { name } }'
    return this.graphql.query<{ brand: { name: string } }, { id: string }>({
      query,
      variables: { id },
    })
  }
}

export class Clients extends IOClients {
  get catalog(): Catalog {
    return this.getOrSet('catalog', Catalog)
  }
}
