#!/usr/bin/env bash
# Compares ways across a queue between two network namespaces that this script makes and removes: bare forwarding, a C
# program that accepts everything, and Sluice without and with rules.
# Needs root, iperf3, gcc and the addon. Rules: RULES=/path/to/some.rules. Seconds for each figure: SECONDS_EACH=5.
# To compare with the package nfqueue: NODE_NFQUEUE=/path/to/node_modules/nfqueue.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../../.. && pwd)
seconds=${SECONDS_EACH:-5}
work=$(mktemp -d)
id=slb$$
c=$id-c g=$id-g s=$id-s
pids=()

stop() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  pids=()
}
cleanup() {
  stop
  if [ -n "${server:-}" ]; then kill -9 "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
  for n in $c $g $s; do ip netns del $n 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

for n in $c $g $s; do ip netns add $n; done
ip link add eth0 netns $c type veth peer name c0 netns $g
ip link add eth0 netns $s type veth peer name s0 netns $g
ip -n $c addr add 10.8.1.2/24 dev eth0; ip -n $g addr add 10.8.1.1/24 dev c0
ip -n $s addr add 10.8.2.2/24 dev eth0; ip -n $g addr add 10.8.2.1/24 dev s0
ip -n $c link set eth0 up; ip -n $g link set c0 up; ip -n $g link set s0 up; ip -n $s link set eth0 up
ip -n $c route add default via 10.8.1.1; ip -n $s route add default via 10.8.2.1
ip netns exec $g sysctl -qw net.ipv4.ip_forward=1
ip netns exec $s iperf3 -s >"$work/server" 2>&1 </dev/null & server=$!
gcc -O2 -o "$work/accept" accept.c

in_client() { ip netns exec $c timeout $((seconds + 20)) "$@"; }
json() { node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>{try{const e=JSON.parse(t).end;console.log('"$1"')}catch{console.log("failed")}})'; }
quantiles() {
  awk -F'time=' '/time=/{split($2,a," ");print a[1]}' | sort -n |
    awk '{v[NR]=$1} END{if(NR)printf "%.0f / %.0f",v[int((NR+1)/2)]*1000,v[int(NR*0.99)]*1000; else printf "none"}'
}

measure() { # name
  local tcp udp idle load
  tcp=$(in_client iperf3 -J -c 10.8.2.2 -t "$seconds" | json '(e.sum_received.bits_per_second/1e9).toFixed(2)' || true)
  udp=$(in_client iperf3 -J -u -b 0 -l 64 -c 10.8.2.2 -t "$seconds" |
    json '((e.sum.packets-e.sum.lost_packets)/e.sum.seconds/1000).toFixed(1)' || true)
  idle=$(in_client ping -i 0.002 -c 1000 -w $((seconds + 5)) 10.8.2.2 | quantiles || true)
  in_client iperf3 -c 10.8.2.2 -t "$seconds" >/dev/null 2>&1 </dev/null & local load_pid=$!
  sleep 0.5
  load=$(in_client ping -i 0.01 -c $((seconds * 50)) -w $((seconds - 1)) 10.8.2.2 | quantiles || true)
  wait $load_pid || true
  printf '| %-34s | %6s | %7s | %-11s | %-13s |\n' "$1" "$tcp" "$udp" "$idle" "$load"
}

queue() { ip netns exec $g iptables-legacy -F FORWARD; ip netns exec $g iptables-legacy -A FORWARD -j NFQUEUE "$@"; }
sensor() { # name, words
  local name=$1; shift
  mkdir -p "$work/log"
  (cd "$root" && exec ip netns exec $g node engine/bin/sluice.mjs -l "$work/log" --set outputs.0.fast.enabled=no "$@") \
    >"$work/out" 2>&1 </dev/null & pids=($!)
  for _ in $(seq 1200); do grep -q 'all threads run' "$work/out" && break; sleep 0.1; done
  grep -q 'all threads run' "$work/out" || { cat "$work/out"; exit 1; }
  measure "$name"
  stop
  grep -h 'verdicts of' "$work/out" | sed 's/^Notice: /    /' || true
}

echo "| way across                         | Gbit/s | kpps 64 | ping µs     | under load µs |"
echo "|------------------------------------|--------|---------|-------------|---------------|"
measure 'bare forwarding'
queue --queue-num 0
for way in '1' '20' '1 gso' '20 gso'; do
  # shellcheck disable=SC2086
  ip netns exec $g "$work/accept" $way >"$work/accept.out" 2>&1 </dev/null & pids=($!)
  measure "C, accept all: $way"
  stop
done
if [ -n "${NODE_NFQUEUE:-}" ]; then
  ip netns exec $g node node-nfqueue.cjs "$NODE_NFQUEUE" >"$work/node.out" 2>&1 </dev/null & pids=($!)
  measure 'node-nfqueue, accept all'
  stop
fi
sensor 'Sluice, no rules' -q 0 -S /dev/null
sensor 'Sluice, no rules, without GSO' -q 0 -S /dev/null --set nfq.gso=no
[ -n "${RULES:-}" ] && sensor "Sluice, $(basename "$RULES")" -q 0 -S "$RULES"
exit 0
