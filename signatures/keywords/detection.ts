/** Keywords of flows, states and effects: those for which detection provides stores. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { alertingCompilers, alertingKeywords } from './alerting.js';
import { applicationProtocolCompilers, applicationProtocolKeywords } from './app-layer-protocol.js';
import { applicationStateKeywords } from './app-layer-state.js';
import { capturedTextCompilers, capturedTextKeywords } from './captured-texts.js';
import { datasetCompilers, datasetKeywords } from './datasets.js';
import { eventCompilers, eventKeywords } from './events.js';
import { filestoreCompilers, filestoreKeywords } from './filestore.js';
import { flowCompilers, flowKeywords } from './flow.js';
import { flowCounterCompilers, flowCounterKeywords } from './flow-counters.js';
import { flowbitsCompilers, flowbitsKeywords } from './flowbits.js';
import { flowintCompilers, flowintKeywords } from './flowint.js';
import { reputationCompilers, reputationKeywords } from './iprep.js';
import { replacingCompilers } from './replacing.js';
import { tagCompilers, tagKeywords } from './tag.js';
import { thresholdKeywords } from './threshold.js';
import { tlsStoreCompilers, tlsStoreKeywords } from './tls-store.js';
import { sharedBitCompilers, sharedBitKeywords } from './xbits.js';

export const detectionKeywords: readonly Keyword[] = [
  ...flowKeywords,
  ...flowbitsKeywords,
  ...flowintKeywords,
  ...capturedTextKeywords,
  ...flowCounterKeywords,
  ...sharedBitKeywords,
  ...eventKeywords,
  ...applicationProtocolKeywords,
  ...applicationStateKeywords,
  ...thresholdKeywords,
  ...filestoreKeywords,
  ...tagKeywords,
  ...tlsStoreKeywords,
  ...reputationKeywords,
  ...datasetKeywords,
  ...alertingKeywords,
];

export const detectionCompilers: readonly MatchCompiler[] = [
  ...flowCompilers,
  ...flowbitsCompilers,
  ...flowintCompilers,
  ...capturedTextCompilers,
  ...flowCounterCompilers,
  ...sharedBitCompilers,
  ...eventCompilers,
  ...applicationProtocolCompilers,
  ...filestoreCompilers,
  ...tagCompilers,
  ...tlsStoreCompilers,
  ...reputationCompilers,
  ...datasetCompilers,
  ...alertingCompilers,
  ...replacingCompilers,
];
