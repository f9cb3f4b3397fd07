/** A new detection. */
import { type Files, type Plugin, packageJson, tsconfig } from './project.js';

export function detectionFiles(plugin: Plugin): Files {
  const { name } = plugin;
  return {
    'package.json': packageJson(plugin, {
      description: `Detection ${name} for Sluice`,
      main: `${name}.ts`,
      files: [`${name}.ts`],
      scripts: { test: 'sluice test' },
    }),
    'tsconfig.json': tsconfig(),
    [`${name}.ts`]: source(name),
    [`${name}.segments`]: segments(name),
    'README.md': readme(name),
  };
}

function source(name: string): string {
  return `import { alert, defineDetection, text } from 'sluice';

export default defineDetection({
  name: '${name}',
  // Ids from 9,000,000 are for local use; every detection and signature needs its own.
  sid: ${sidFor(name)},
  msg: 'LOCAL ${name}',
  when: 'tcp any any -> any any',
  classtype: 'misc-activity',
  // Actions besides alerting: may: ['drop'],
  *detect({ client }) {
    for (;;) {
      const line = yield* client.readUntil('\\n', 4096);
      // 'end', 'reset', 'gap' or 'limit': no line was read.
      if (typeof line === 'string') return;
      if (text(line).startsWith('HELLO ')) return alert(text(line).trim());
    }
  },
});
`;
}

/** Different names should rarely get the same number. */
function sidFor(name: string): number {
  let number = 0;
  for (const letter of name) number = (number * 31 + letter.charCodeAt(0)) % 900_000;
  return 9_000_001 + number;
}

function segments(name: string): string {
  return `# Segments sent by each side, and expected findings. Run with: npx sluice test
case a greeting raises an alert
flow tcp 10.0.0.1:1024 -> 10.0.0.2:80
client "some line\\r\\nHELLO world\\r\\n"
expect alert ${name} "HELLO world" at client 24

case other lines do not
client "hello world\\r\\n"
close client
expect nothing
`;
}

function readme(name: string): string {
  return `# sluice-${name}

A detection for Sluice.

    npm test                                    # plays ${name}.segments
    npx sluice test --watch                     # runs again after every change
    npx sluice replay x.pcap --rules ${name}.ts   # over a capture

To use it, name the file or the package in the configuration:

    detections:
      files: [sluice-${name}]
`;
}
