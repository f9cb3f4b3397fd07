/** Writes the captures of the example detections: `node dist/test/detections/make-captures.js`. */
import { writeFileSync } from 'node:fs';
import { EXAMPLE_TRAFFIC, exampleCapture } from './example-traffic.js';

for (const name of Object.keys(EXAMPLE_TRAFFIC))
  writeFileSync(new URL(`../../../signatures/examples/${name}.pcap`, import.meta.url), exampleCapture(name));
