export default { api: 99, summary: 'from the future', kind: 'stage', create: () => ({ process() {} }) };
