import type { OcsfEvent } from './ocsf';

/** OCSF's severities (0 to 6) on the scale of CEF (0 to 10). */
const SEVERITY = [0, 1, 3, 6, 8, 10, 10] as const;

const oneLine = (text: string): string => text.replace(/[\r\n\u2028\u2029]+/g, ' ');
/** CEF, "Character encoding": `|` and `\` in the header, `=` and `\` in the extension. */
const header = (text: string): string => oneLine(text).replace(/[\\|]/g, '\\$&');
const extension = (text: string): string => oneLine(text).replace(/[\\=]/g, '\\$&');

/** The same event as a line of ArcSight's Common Event Format, version 0, for older systems; the OCSF event's own fields, by its keys. */
export function cefOf(event: OcsfEvent, version = '0.1.0'): string {
  const { class_uid, activity_id, class_name, activity_name, severity_id, time, message, metadata } = event;
  const user = 'user' in event ? (event.user as { uid?: string }) : undefined;
  const actor = 'actor' in event ? (event.actor as { user?: { uid?: string } }) : undefined;
  const fields: [string, string | number | undefined][] = [
    ['rt', time],
    ['externalId', metadata.uid],
    ['cat', class_name],
    ['act', activity_name],
    ['suid', actor?.user?.uid],
    ['duid', user?.uid],
    ['outcome', 'status_id' in event ? String(event.status_id) : undefined],
    ['msg', message],
  ];
  const said = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${extension(String(value))}`])).join(' ');
  const head = ['Lockstep', 'Lockstep', version, `${class_uid}:${activity_id}`, message].map(header);
  return `CEF:0|${head.join('|')}|${SEVERITY[severity_id] ?? 0}|${said}`;
}
