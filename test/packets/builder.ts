/** All layers and tools that packets of tests are made with; see `layer.ts` for an example. */
export * from './bytes.js';
export * from './layer.js';
export * from './link.js';
export * from './network.js';
export * from './pcap-file.js';
export * from './transport.js';
export * from './tunnel.js';
