/** Keywords of flows, states and effects: what detection keeps stores for. */
import type { Keyword, MatchCompiler } from '../keyword.js';
import { flowCompilers, flowKeywords } from './flow.js';

export const detectionKeywords: readonly Keyword[] = [...flowKeywords];

export const detectionCompilers: readonly MatchCompiler[] = [...flowCompilers];
