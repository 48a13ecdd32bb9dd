#!/bin/sh
# 一次签名查询，只用 curl 和 openssl / one signed query with nothing but curl and openssl (RFC 9421, RFC 9530).
#
#   sh docs/tour/signed-query.sh URL DEPARTMENT KEY.pem OFFICER PURPOSE SUBJECT_CODE
#
# Prints the answer; its Credit-Receipt header goes to the error output. Exit 1 when the service refuses, or when the
# answer does not carry the gateway's signature. GATEWAY_KEY (64 hex digits), if set, is the gateway's public key that
# you trust; else the one that the service names is believed.
set -eu
[ $# -eq 6 ] || { sed -n '4p' "$0" >&2; exit 2; }
url=$1 department=$2 key=$3 officer=$4 purpose=$5 subject=$6
path=/v1/queries
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

curl -fsS "$url/v1/ledger" > "$work/ledger"
told() { sed 's/.*"'"$1"'": *"\([0-9a-f]*\)".*/\1/' "$work/ledger"; }
ledger=$(told ledger_id)

# The key's id: the first 8 bytes of SHA-256 over a label, the algorithm (1, Ed25519) and the public key.
openssl pkey -in "$key" -pubout -outform DER | tail -c 32 > "$work/public"
issuer=$({ printf 'credit/key/v1\n\001'; cat "$work/public"; } | openssl dgst -sha256 -r | cut -c 1-16)

# 正文里才有识别码，网址里没有 / the identifier stands in the body, never in the URL.
printf '{"subjects": [{"code": "%s"}]}' "$subject" > "$work/body"
digest=$(openssl dgst -sha256 -binary "$work/body" | base64)
once=$(openssl rand -hex 16)
nonce=$(openssl rand -hex 16)
# 中文写成 Display String / Chinese as a Display String: "示许受字1号", "行政许可法".
why="$purpose; case=%\"%e7%a4%ba%e8%ae%b8%e5%8f%97%e5%ad%971%e5%8f%b7\"; basis=%\"%e8%a1%8c%e6%94%bf%e8%ae%b8%e5%8f%af%e6%b3%95\""

covered='("@method" "@path" "@query" "content-digest" "idempotency-key" "content-type" "credit-purpose" "credit-official")'
input="$covered;created=$(date +%s);keyid=\"$department#$issuer\";nonce=\"$nonce\";tag=\"credit-ledger/$ledger\""
printf '%s\n' \
    '"@method": POST' \
    "\"@path\": $path" \
    '"@query": ?' \
    "\"content-digest\": sha-256=:$digest:" \
    "\"idempotency-key\": $once" \
    '"content-type": application/json' \
    "\"credit-purpose\": $why" \
    "\"credit-official\": $officer" > "$work/base"
printf '%s' "\"@signature-params\": $input" >> "$work/base"
signature=$(openssl pkeyutl -sign -rawin -inkey "$key" -in "$work/base" | base64 -w 0)

status=$(curl -sS -o "$work/answer" -D "$work/headers" -w '%{http_code}' -X POST "$url$path" \
    -H 'Content-Type: application/json' \
    -H "Content-Digest: sha-256=:$digest:" \
    -H "Idempotency-Key: $once" \
    -H "Credit-Purpose: $why" \
    -H "Credit-Official: $officer" \
    -H "Signature-Input: credit=$input" \
    -H "Signature: credit=:$signature:" \
    --data-binary "@$work/body")
grep -i '^credit-receipt:' "$work/headers" >&2 || true

# 答复由网关签名，并与本次请求绑定 / the answer is signed by the gateway, and bound to this request.
of() { tr -d '\r' < "$work/headers" | sed -n "s/^$1: //Ip"; }
line() {
    case $1 in
    '"@status"') echo "$status" ;;
    '"@method";req') echo POST ;;
    '"@path";req') echo "$path" ;;
    '"@query";req') echo '?' ;;
    '"content-digest";req') echo "sha-256=:$digest:" ;;
    '"signature-input";req;key="credit"') echo "$input" ;;
    '"signature";req;key="credit"') echo ":$signature:" ;;
    *) of "$(echo "$1" | tr -d '"')" ;;
    esac
}
signed=$(of signature-input | sed 's/^credit=//')
for part in $(echo "$signed" | sed 's/^(\(.*\)).*/\1/'); do
    printf '%s: %s\n' "$part" "$(line "$part")"
done > "$work/answer-base"
printf '%s' "\"@signature-params\": $signed" >> "$work/answer-base"
of signature | sed 's/^credit=:\(.*\):$/\1/' | base64 -d > "$work/answer-signature"
printf '302A300506032B6570032100%s' "${GATEWAY_KEY:-$(told gateway_public_key)}" | tr a-f A-F \
    | basenc --base16 -d > "$work/gateway"
proven() {
    case $signed in '("@status" "content-digest" '*'"signature";req;key="credit")'*) ;; *) return 1 ;; esac
    [ "$(of content-digest)" = "sha-256=:$(openssl dgst -sha256 -binary "$work/answer" | base64):" ] &&
        openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/gateway" -in "$work/answer-base" \
            -sigfile "$work/answer-signature" >&2
}
proven || { echo '答复没有网关的签名 / not signed by the gateway:' >&2; cat "$work/answer" >&2; exit 1; }
cat "$work/answer"
[ "$status" = 200 ]
