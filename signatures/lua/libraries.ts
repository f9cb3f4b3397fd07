/** The libraries available to rule scripts. */
import type { LuaLibrary } from '../../engine/lua.js';
import type { LuaContext } from './context.js';
import { datasetLibrary } from './libraries/dataset.js';
import { dnp3Library } from './libraries/dnp3.js';
import { dnsLibrary } from './libraries/dns.js';
import { base64Library, hashingLibrary, hashLibrary } from './libraries/encodings.js';
import { configLibrary, logLibrary, utilLibrary } from './libraries/engine.js';
import { flowLibrary } from './libraries/flow.js';
import { httpLibrary } from './libraries/http.js';
import { packetLibrary } from './libraries/packet.js';
import { ruleLibrary } from './libraries/rule.js';
import { ja3Library, ntpLibrary, sshLibrary } from './libraries/small-protocols.js';
import { smtpLibrary } from './libraries/smtp.js';
import { tlsLibrary } from './libraries/tls.js';
import { bytevarLibrary, flowintLibrary, flowvarLibrary } from './libraries/variables.js';

export function librariesFor(context: LuaContext): LuaLibrary[] {
  return [
    base64Library,
    bytevarLibrary,
    configLibrary,
    datasetLibrary,
    dnp3Library,
    dnsLibrary,
    flowLibrary,
    flowintLibrary,
    flowvarLibrary,
    hashLibrary,
    hashingLibrary,
    httpLibrary,
    ja3Library,
    logLibrary,
    ntpLibrary,
    packetLibrary,
    ruleLibrary,
    smtpLibrary,
    sshLibrary,
    tlsLibrary,
    utilLibrary,
  ].map(make => make(context));
}
