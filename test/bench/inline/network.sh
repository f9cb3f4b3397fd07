# The network of the benches: a client, a gate and a server in namespaces of their own, made here and removed at the end.
#
#     client 10.8.1.2 ── 10.8.1.1 gate 10.8.2.1 ── 10.8.2.2 server, where iperf3 listens
#
# To be sourced. Sets root (of the project), work (a folder for files), c, g and s (names of the namespaces).
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
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
queue() { ip netns exec $g iptables-legacy -F FORWARD; ip netns exec $g iptables-legacy -A FORWARD -j NFQUEUE "$@"; }

# Starts the sensor in the gate, and waits until its threads run; what it says is in $work/out.
start_sensor() { # words
  mkdir -p "$work/log"
  (cd "$root" && exec ip netns exec $g node engine/bin/sluice.mjs -l "$work/log" --set outputs.0.fast.enabled=no "$@") \
    >"$work/out" 2>&1 </dev/null & pids=($!)
  for _ in $(seq 1200); do grep -q 'all threads are running' "$work/out" && break; sleep 0.1; done
  grep -q 'all threads are running' "$work/out" || { cat "$work/out"; exit 1; }
}
