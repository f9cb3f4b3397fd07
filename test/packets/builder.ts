/** All layers and tools for building packets in tests; see `layer.ts` for an example. */
export * from './bytes.js';
export * from './layer.js';
export * from './link.js';
export * from './network.js';
export * from './pcap-file.js';
export * from './transport.js';
export * from './tunnel.js';
