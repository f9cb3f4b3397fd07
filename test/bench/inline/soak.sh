#!/usr/bin/env bash
# Five minutes of traffic of all kinds across a sensor: TCP, small UDP packets, HTTP requests, pings. Tells what the
# sensor took from the queue and what it answered, what was lost and where, and its memory every ten seconds; ends with an
# error when a packet had no verdict or memory grew.
# Needs root, iperf3, curl and the addon. MINUTES=5, RULES=/path/to/some.rules, NICE=0, WORDS: more for the sensor.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=network.sh
source ./network.sh
minutes=${MINUTES:-5}
renice -n "${NICE:-0}" $$ >/dev/null

ip netns exec $s node -e '
require("node:http").createServer((request, answer) => answer.end("x".repeat(20000))).listen(80)' &
web=$!
trap 'kill $web 2>/dev/null || true; cleanup' EXIT
queue --queue-num 0
# shellcheck disable=SC2086
start_sensor -q 0 -S "${RULES:-/dev/null}" --set stats.interval=10 ${WORDS:-}
sensor=${pids[0]}

touch "$work/go"
traffic() {
  while [ -e "$work/go" ]; do
    ip netns exec $c timeout 30 iperf3 -c 10.8.2.2 -P 2 -t 8 >/dev/null 2>&1 || true
    ip netns exec $c timeout 30 iperf3 -u -b 20M -l 64 -c 10.8.2.2 -t 4 >/dev/null 2>&1 || true
  done
}
requests() {
  while [ -e "$work/go" ]; do ip netns exec $c curl -s -m 5 -o /dev/null 'http://10.8.2.2/[1-50]' || true; done
}
traffic & loops=($!)
requests & loops+=($!)
ip netns exec $c ping -q -i 0.05 -w $((minutes * 60)) 10.8.2.2 >"$work/ping" 2>&1 & pinging=$!

memory=()
for i in $(seq $((minutes * 6))); do
  sleep 10
  memory+=("$(awk '/VmRSS/ {print int($2 / 1024)}' /proc/$sensor/status)")
  echo "$((i * 10)) s: ${memory[-1]} MB, load $(cut -d' ' -f1 /proc/loadavg)"
done
rm "$work/go"
wait "${loops[@]}" $pinging || true
grep -E 'received|rtt' "$work/ping" || true
stop
grep -h 'verdicts of' "$work/out" || true

node - "$work/log/eve.json" "${memory[@]}" <<'JS'
const { readFileSync } = require('node:fs');
const [file, ...memory] = process.argv.slice(2);
const records = readFileSync(file, 'utf8').split('\n').filter(line => line.includes('"event_type":"stats"'));
const { nfq, outputs } = JSON.parse(records.at(-1)).stats;
const { packets, verdicts, overruns, verdict_errors, not_inspected, queues: [queue] } = nfq;
console.log({ packets, verdicts, overruns, verdict_errors, not_inspected, lost_lines: outputs.lost, queue });
// The first minute fills caches and pools.
const settled = Math.max(...memory.slice(5, Math.max(7, memory.length / 2)).map(Number));
const last = Math.max(...memory.slice(-3).map(Number));
console.log(`memory: ${settled} MB in the first half, ${last} MB at the end`);
const wrong = [];
if (packets !== verdicts) wrong.push('packets and verdicts differ');
if (queue.waiting !== 0) wrong.push('packets are left in the queue');
if (last > settled * 1.1 + 10) wrong.push('memory has grown');
console.log(wrong.length ? `FAILED: ${wrong.join(', ')}` : 'passed');
process.exitCode = wrong.length ? 1 : 0;
JS
