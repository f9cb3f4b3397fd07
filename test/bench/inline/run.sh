#!/usr/bin/env bash
# Compares ways across a queue between two network namespaces that this script makes and removes: bare forwarding, a C
# program that accepts everything, and Sluice without and with rules.
# Needs root, iperf3, gcc and the addon. Rules: RULES=/path/to/some.rules. Seconds for each figure: SECONDS_EACH=5.
# The package nfqueue is compared with where it is installed: npm install --no-save --save-optional nfqueue.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=network.sh
source ./network.sh
seconds=${SECONDS_EACH:-5}
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

sensor() { # name, words
  local name=$1; shift
  start_sensor "$@"
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
if [ -d "$root/node_modules/nfqueue" ]; then
  ip netns exec $g node node-nfqueue.cjs "$root/node_modules/nfqueue" >"$work/node.out" 2>&1 </dev/null & pids=($!)
  measure 'node-nfqueue, accept all'
  stop
fi
sensor 'Sluice, no rules' -q 0 -S /dev/null
[ -d "$root/node_modules/nfqueue" ] &&
  sensor 'Sluice, driver node-nfqueue' -q 0 -S /dev/null --set nfq.driver=node-nfqueue
sensor 'Sluice, no rules, without GSO' -q 0 -S /dev/null --set nfq.gso=no
sensor 'Sluice, no rules, busy-poll' -q 0 -S /dev/null --set nfq.busy-poll=3000
[ -n "${RULES:-}" ] && sensor "Sluice, $(basename "$RULES")" -q 0 -S "$RULES"
exit 0
