/**
 * Runs the property tests over many seeds: `node dist/test/reassembly/seeds.js [COUNT] [FIRST]`, by default 10,000
 * from 0.
 */
import { agreesWithModel, givesWhatWasSent, keepsPatternOut } from './properties.js';

const count = Number(process.argv[2] ?? 10_000);
const first = Number(process.argv[3] ?? 0);
for (let seed = first; seed < first + count; seed++) {
  agreesWithModel(seed);
  givesWhatWasSent(seed);
  keepsPatternOut(seed);
}
console.log(`${count} seeds from ${first} on: all hold`);
