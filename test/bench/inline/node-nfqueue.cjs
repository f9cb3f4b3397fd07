// Accepts every packet of queue 0 through the package `nfqueue`, whose folder is the argument.
const nfq = require(process.argv[2]);
nfq.createQueueHandler(0, 65535, packet => packet.setVerdict(nfq.NF_ACCEPT));
