/** Suricata options that have no effect here, and why: reported by name. */

interface Absent {
  readonly reason: string;
  /** Dotted paths; `*` is any key or index. Everything below a path is included. */
  readonly paths: readonly string[];
}

const ABSENT: readonly Absent[] = [
  {
    reason: 'packets come from captures, AF_PACKET and NFQUEUE',
    paths: words('af-xdp dpdk pcap netmap pfring ipfw napatech nflog mpipe dag erf windivert'),
  },
  {
    reason: 'flows are identified by addresses, ports and VLANs, not by device',
    paths: ['livedev'],
  },
  {
    reason: 'threads and CPU affinity are set by profiles',
    paths: words(
      'threading.set-cpu-affinity threading.autopin threading.cpu-affinity threading.detect-thread-ratio ' +
        'threading.stack-size autofp-scheduler flow.managers flow.recyclers',
    ),
  },
  {
    reason: 'memory is organised differently',
    paths: words(
      'max-pending-packets default-packet-size host.hash-size host.prealloc ippair spm-algo luajit cuda ' +
        'detect.sgh-mpm-context detect.prefilter detect.thresholds.hash-size ' +
        'stream.max-sessions stream.reassembly.zero-copy-size stream.reassembly.chunk-prealloc ' +
        'stream.reassembly.segments datasets.defaults.hashsize ' +
        'app-layer.protocols.dns.global-memcap app-layer.protocols.dns.state-memcap',
    ),
  },
  {
    reason: 'chunks of streams and bodies have fixed sizes',
    paths: words(
      'stream.reassembly.randomize-chunk-size stream.reassembly.randomize-chunk-range ' +
        'app-layer.protocols.http.libhtp.default-config.randomize-inspection-sizes ' +
        'app-layer.protocols.http.libhtp.default-config.randomize-inspection-range ' +
        'app-layer.protocols.http.libhtp.server-config.*.*.randomize-inspection-sizes ' +
        'app-layer.protocols.http.libhtp.server-config.*.*.randomize-inspection-range',
    ),
  },
  {
    reason: 'the process does not confine itself; use the service manager',
    paths: words('security.landlock security.limit-noproc coredump logging.stacktrace-on-signal'),
  },
  {
    reason: 'removed from Suricata',
    paths: words(
      'outputs.*.unified2-alert outputs.*.alert-prelude outputs.*.dns-log outputs.*.file-log outputs.*.drop ' +
        'outputs.*.eve-log.types.*.alert.http outputs.*.eve-log.types.*.alert.tls ' +
        'outputs.*.eve-log.types.*.alert.ssh outputs.*.eve-log.types.*.alert.smtp ' +
        'outputs.*.eve-log.types.*.alert.dnp3 outputs.*.eve-log.types.*.files.force-md5 ' +
        'outputs.*.file-store.log-dir outputs.*.file-store.force-md5',
    ),
  },
  {
    reason: 'use "sluice rules profile" to profile rules',
    paths: words('profiling detect.profiling.inspect-logging-threshold'),
  },
  {
    reason: 'not implemented',
    paths: words(
      'app-layer.protocols.smb.max-session-cache-size app-layer.protocols.tls.no-reassemble ' +
        'outputs.*.alert-debug outputs.*.tcp-data outputs.*.http-body-data app-layer.protocols.enip.detection-ports.sp ' +
        'plugins heartbeat asn1-max-frames host-mode daemon-directory umask ' +
        'capture.disable-offloading ' +
        'outputs.*.eve-log.redis outputs.*.eve-log.json ' +
        'outputs.*.lua.cpath outputs.*.fast.filetype outputs.*.http-log.filetype outputs.*.tls-log.filetype ' +
        'decoder.vxlan.reserved-bits-check detect.rule-reload ' +
        'af-packet.*.ebpf-lb-file af-packet.*.ebpf-filter-file af-packet.*.xdp-mode af-packet.*.xdp-filter-file ' +
        'af-packet.*.xdp-cpu-redirect af-packet.*.bypass af-packet.*.pinned-maps af-packet.*.pinned-maps-name ' +
        'af-packet.*.no-percpu-hash af-packet.*.rollover af-packet.*.disable-hwtimestamp af-packet.*.v2-block-size',
    ),
  },
  {
    reason: 'has no function',
    paths: ['suricata-version'],
  },
  {
    reason: '--engine-analysis always writes everything',
    paths: ['engine-analysis'],
  },
];

function words(text: string): string[] {
  return text.split(' ');
}

/** Why Suricata's option at this path has no effect; undefined if it is not a Suricata option. */
export function absentReason(path: string): string | undefined {
  const keys = path.split('.');
  return ABSENT.find(({ paths }) => paths.some(each => leadsTo(each.split('.'), keys)))?.reason;
}

function leadsTo(pattern: readonly string[], keys: readonly string[]): boolean {
  return pattern.length <= keys.length && pattern.every((part, i) => part === '*' || part === keys[i]);
}

/** One line for each reason: `landlock, coredump: …`. @param paths of unknown keys */
export function absentLines(paths: readonly string[]): string[] {
  const byReason = new Map<string, Set<string>>();
  for (const path of paths) {
    const reason = absentReason(path);
    if (reason === undefined) continue;
    const names = byReason.get(reason) ?? new Set();
    byReason.set(reason, names.add(path.replace(/\.\d+(?=\.|$)/g, '')));
  }
  return [...byReason].map(([reason, names]) => `${[...names].join(', ')}: no effect, ${reason}`);
}
