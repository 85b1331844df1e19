import { visibleText } from '../text/visible-text.ts';
import { kindOf, type TraitKey, traitsOfKey } from './call-traits.ts';
import type { Campaign, CampaignTraits } from './campaign.ts';
import { type Finding, hangUpPeak, type Peak, pressPeak } from './evidence.ts';
import { type SeenCall, shortTalkMs } from './seen-call.ts';

/**
 * One sentence: `41 calls from 38 numbers in 20 minutes, all signed C by gateway-telco under one origid; 37 hung up 3 s into the
 * prompt`.
 */
export function reasonOf(calls: readonly SeenCall[], key: TraitKey, by: Finding['by']): string {
  const numbers = new Set(calls.flatMap(({ caller }) => caller ?? [])).size;
  const lasted = durationText((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0));
  const common = sharedText(calls, key);
  const did = by === 'sellers' ? sellersText(calls) : unansweredText(calls);
  return `${calls.length} calls from ${numbers} numbers in ${lasted}, all ${common}; ${did}`;
}

/** What staff see until they name it: `gateway-telco 3f2a`. */
export function firstName(key: TraitKey, calls: readonly SeenCall[], suffix: string): string {
  const { claimedName, exchange, calledNumber, attestation, ...traits } = traitsOfKey(key);
  const signer = traits.signer ?? signerOf(calls)?.signer;
  if (claimedName !== undefined) return `“${visibleText(claimedName, 'space', 40)}” ${suffix}`;
  if (exchange !== undefined) return `${exchangeText(exchange)} ${suffix}`;
  if (signer !== undefined) return `${signerText(signer)} ${suffix}`;
  return `${attestationText(attestation)} to ${calledNumber ?? 'us'} ${suffix}`;
}

/** `signed C by gateway-telco, +1 312-555`: what the calls have in common, for lists. */
export function traitsText(traits: CampaignTraits): string {
  const { origid, signer, attestation, exchange, claimedName, calledNumber } = traits;
  const signed = signer === undefined ? null : `by ${signerText(signer)}`;
  const parts = [
    attestation === undefined
      ? signed && `signed ${signed}`
      : [attestationText(attestation), signed].filter(Boolean).join(' '),
    origid === undefined ? null : `origid ${visibleText(origid, 'replace', 40)}`,
    exchange === undefined ? null : `from ${exchangeText(exchange)}`,
    claimedName === undefined ? null : `named “${visibleText(claimedName, 'space', 40)}”`,
    calledNumber === undefined ? null : `to ${calledNumber}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** `from +1 786-555, signed C by gateway-telco`: the same with the numbers first, after how many calls. */
export function callsOfTraits({ exchange, ...others }: CampaignTraits): string {
  const from = exchange === undefined ? '' : `from ${exchangeText(exchange)}`;
  return [from, traitsText(others)].filter((part) => part !== '').join(', ');
}

/** `goes on, 3.2 calls a minute; back for the second time`. */
export function stateWords({ state, pinned, mergedInto, callsPerMinute, returns }: Campaign): string {
  const back = returns === 0 ? '' : `; came back ${returns === 1 ? 'once' : `${returns} times`}`;
  if (mergedInto !== undefined) return `Merged into ${mergedInto}`;
  if (state === 'dismissed') return 'Dismissed by staff';
  const pin = pinned ? 'Pinned by staff, ' : '';
  const now = state === 'over' ? 'over' : `goes on, ${callsPerMinute.toFixed(1)} calls a minute`;
  const text = `${pin}${now}${back}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function sharedText(calls: readonly SeenCall[], key: TraitKey): string {
  const { origid, exchange, claimedName, calledNumber, attestation } = traitsOfKey(key);
  const shared = signerOf(calls);
  const signed = shared && `${attestationText(shared.attestation)} by ${signerText(shared.signer)}`;
  const how = signed ?? (attestation === undefined ? null : attestationText(attestation));
  const more = [
    origid === undefined ? null : 'under one origid',
    exchange === undefined ? null : `from ${exchangeText(exchange)}`,
    claimedName === undefined ? null : `named “${visibleText(claimedName, 'space', 40)}”`,
    calledNumber === undefined ? null : 'to one number of ours',
  ].filter((part) => part !== null);
  return [how, ...more].filter((part) => part !== null).join(' ');
}

/** Who signed all of the calls; null: several did, or nobody. */
function signerOf(
  calls: readonly SeenCall[],
): { readonly attestation: string; readonly signer: string } | null {
  const keys = new Set(calls.map(({ keys }) => keys.find((key) => kindOf(key) === 'signer') ?? ''));
  const [only = ''] = keys;
  if (keys.size !== 1 || only === '') return null;
  const { attestation = '', signer = '' } = traitsOfKey(only);
  return { attestation, signer };
}

function unansweredText(calls: readonly SeenCall[]): string {
  const count = (result: SeenCall['result']) => calls.filter((call) => call.result === result).length;
  const peak = hangUpPeak(calls);
  const said: readonly (readonly [calls: number, text: string])[] = [
    [count('silent'), 'pressed no key'],
    [count('failed'), 'pressed wrong keys'],
    peak !== null && peak.calls >= 0.6 * count('gave-up')
      ? [peak.calls, `hung up ${secondsText(peak)} into the prompt`]
      : [count('gave-up'), 'hung up during the prompt'],
    [count('passed'), 'passed'],
  ];
  const most = [...said].sort(([a], [b]) => b - a).slice(0, 2);
  return most.flatMap(([many, text]) => (many === 0 ? [] : `${many} ${text}`)).join(', ');
}

function sellersText(calls: readonly SeenCall[]): string {
  const talked = calls.flatMap(({ talkMs }) => talkMs ?? []);
  const short = talked.filter((ms) => ms < shortTalkMs).length;
  const called = new Set(calls.map((call) => call.called)).size;
  const talks =
    talked.length === 0 ? [] : [`${short} of ${talked.length} talks ended within ${shortTalkMs / 1000} s`];
  const press = pressPeak(calls);
  const presses =
    press === null ? [] : [`${press.calls} pressed the key ${secondsText(press)} into the prompt`];
  return [...presses, ...talks, `${called} of our numbers were called`].join(', ');
}

function secondsText({ fromMs, toMs }: Peak): string {
  return `${Math.round((fromMs + toMs) / 2000)} s`;
}

/** `gateway-telco` of `https://cert.gateway-telco.example/a.pem`, or what the signer calls itself. */
export function signerText(signer: string): string {
  const host = /^https?:\/\/([^/:?#]+)/i.exec(signer)?.[1];
  return visibleText(host ?? signer, 'space', 40);
}

function attestationText(attestation: string | undefined): string {
  if (attestation === 'none' || attestation === undefined) return 'unsigned';
  if (attestation === 'failed') return 'with an invalid signature';
  return attestation === 'signed' ? 'signed' : `signed ${attestation}`;
}

/** `+1 312-555`. */
export function exchangeText(exchange: string): string {
  return exchange.replace(/^\+1(\d{3})(\d{3})$/, '+1 $1-$2');
}

function durationText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
