#!/bin/sh
# Makes the certificates of the https double anew, with OpenSSL. They prove nothing to anybody: only tests believe ca.pem.
set -eu
cd "$(dirname "$0")"

names='subjectAltName=DNS:*.vtexcommercestable.com.br,DNS:*.centra.com'

# key NAME
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
# request NAME
request() { openssl req -new -key "$1.key" -subj "/CN=test $1" -out "$1.csr"; }
# sign NAME EXTENSIONS OPTIONS...
sign() {
  name=$1
  printf '%s\n' "$2" > extensions
  shift 2
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" \
    -extfile extensions -out "$name.pem" "$@"
  rm extensions "$name.csr"
}

key ca
openssl req -x509 -new -key ca.key -subj '/CN=test authority' -days 36500 -out ca.pem
key server && request server && sign server "$names" -days 36500
key another-host && request another-host && sign another-host 'subjectAltName=DNS:shop.example' -days 36500
# It ends a day before it begins.
key expired && request expired && sign expired "$names" -days -1
key stranger
openssl req -x509 -new -key stranger.key -subj '/CN=test stranger' -addext "$names" -days 36500 -out stranger.pem
rm ca.key
