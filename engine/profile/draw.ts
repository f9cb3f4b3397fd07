import { stringify } from 'yaml';
import { END, type Profile, type ThreadGroup, waysOf } from './profile.js';

/** The threads of a profile and the queues between them, as text for a terminal. */
export function drawProfile(profile: Profile): string {
  const lines = [`${profile.name}: ${profile.summary}`, ''];
  for (const group of profile.threads) lines.push(...drawGroup(group));
  return lines.join('\n');
}

function drawGroup(group: ThreadGroup): string[] {
  const title = group.count === 1 ? group.name : `${group.name} ×${group.count}`;
  const pinned = group.cpus ? `  (CPU ${group.cpus.join(', ')})` : '';
  const inside = group.modules.join(' → ');
  const width = Math.max(title.length + 2, inside.length) + 2;
  const box = [
    `  ┌─ ${title} ${'─'.repeat(width - title.length - 3)}┐${pinned}`,
    `  │ ${inside.padEnd(width - 1)}│`,
    `  └${'─'.repeat(width)}┘`,
  ];
  return [...box, ...drawWays(group), ''];
}

function drawWays(group: ThreadGroup): string[] {
  const order = group.ordered ? ', in order of capture' : '';
  return Object.entries(waysOf(group)).map(([way, target]) => {
    const name = way === 'to' ? '' : `${way} `;
    return `      │ ${name}→ ${target === END ? 'done' : target}  (${group.handler}${order})`;
  });
}

/** The YAML that defines this profile in a configuration. */
export function profileYaml(profile: Profile): string {
  const { name, ...rest } = profile;
  return stringify({ profiles: { [name]: rest } }, { lineWidth: 0 });
}
