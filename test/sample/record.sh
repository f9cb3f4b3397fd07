#!/usr/bin/env bash
# Records test/sample/sample.pcap: real programs in two network namespaces that this script makes and removes.
# Needs root and Debian's tcpdump, dnsmasq-base, bind9-dnsutils, curl, openssl, iproute2, iputils-ping, ethtool.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
client=sluice-client server=sluice-server

cleanup() {
  jobs -p | xargs -r kill 2>/dev/null || true
  ip netns del $client 2>/dev/null || true
  ip netns del $server 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

ip netns add $client
ip netns add $server
ip link add veth-c netns $client type veth peer name veth-s netns $server
ip -n $client addr add 10.1.0.2/24 dev veth-c
ip -n $server addr add 10.1.0.1/24 dev veth-s
ip -n $client addr add fd00:1::2/64 dev veth-c nodad
ip -n $server addr add fd00:1::1/64 dev veth-s nodad
ip -n $client link set veth-c up
ip -n $server link set veth-s up
ip -n $server link set lo up
# Checksums are wanted as on a wire.
ip netns exec $client ethtool -K veth-c tx off gso off tso off >/dev/null 2>&1 || true
ip netns exec $server ethtool -K veth-s tx off gso off tso off >/dev/null 2>&1 || true

in_client() { ip netns exec $client "$@"; }
in_server() { ip netns exec $server "$@"; }

cat > "$work/server.mjs" <<'JS'
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { readFileSync } from 'node:fs';
const answer = (request, response) => {
  let body = '';
  request.on('data', piece => (body += piece));
  request.on('end', () => {
    if (request.url.startsWith('/download')) {
      response.setHeader('Content-Type', 'application/octet-stream');
      return response.end(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(20_000, 'sluice ')]));
    }
    response.end(`${request.method} ${request.url}: ${body.length} bytes\n`);
  });
};
createServer(answer).listen(80, '::');
createSecure({ key: readFileSync(process.argv[2]), cert: readFileSync(process.argv[3]) }, answer).listen(443, '::');
JS

openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/O=Sluice Sample/CN=shop.example.test' \
  -addext 'subjectAltName=DNS:shop.example.test' -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
in_server node "$work/server.mjs" "$work/key.pem" "$work/cert.pem" &
in_server dnsmasq --no-daemon --no-resolv --no-hosts --listen-address=10.1.0.1 --bind-interfaces \
  --address=/example.test/10.1.0.1 --txt-record=beacon.example.test,hello >/dev/null 2>&1 &
ip netns exec $server tcpdump -i veth-s -U -w "$work/sample.pcap" >/dev/null 2>&1 &
tcpdump_pid=$!
until in_client curl -s -o /dev/null --max-time 1 http://10.1.0.1/ready && [ -s "$work/sample.pcap" ]; do sleep 0.2; done

in_client ping -c 2 -i 0.2 10.1.0.1 >/dev/null
in_client dig +tries=1 @10.1.0.1 shop.example.test A >/dev/null
in_client dig +tries=1 @10.1.0.1 beacon.example.test TXT >/dev/null
in_client dig +tries=1 +tcp @10.1.0.1 shop.example.test A >/dev/null
in_client curl -s -o /dev/null http://10.1.0.1/index.html
in_client curl -s -o /dev/null -g 'http://[fd00:1::1]/index.html'
in_client curl -s -o /dev/null -A 'sluice-sample-scanner/1.0' http://10.1.0.1/admin.php
in_client curl -s -o /dev/null --path-as-is 'http://10.1.0.1/files/../../../../etc/passwd'
in_client curl -s -o /dev/null -d 'user=admin&password=hunter2' http://10.1.0.1/login
in_client curl -s -o /dev/null http://10.1.0.1/download/setup.exe
in_client curl -s -o /dev/null -k --resolve shop.example.test:443:10.1.0.1 https://shop.example.test/cart
in_client curl -s -o /dev/null -k --tls-max 1.2 --resolve shop.example.test:443:10.1.0.1 https://shop.example.test/cart
in_client curl -s -o /dev/null --max-time 1 http://10.1.0.1:81/ || true
in_client ping -c 1 -s 4000 10.1.0.1 >/dev/null
sleep 0.5
kill -TERM $tcpdump_pid
wait $tcpdump_pid || true
cp "$work/sample.pcap" sample.pcap
echo "recorded $(stat -c %s sample.pcap) bytes"
