import { isSupportedCountry } from 'libphonenumber-js/max';
import type { CalledFacts, CallerFacts } from '../call/facts.ts';
import type { NoNumberReason } from '../call/vocabulary.ts';
import { carrierE164, longestWriting, plain, type Region } from './read-number.ts';
import { isShortCode } from './short-code.ts';

export { type Region, toE164 } from './read-number.ts';

const maxNameCodePoints = 120;

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
/**
 * Letters of what carriers, PBXs and phones write in place of a number (RFC 3325 `anonymous`; the rest is custom), other
 * characters left out.
 */
const wordsForNoNumber = {
  withheld: words(`
    anonymous anonymouscaller restricted restrictednumber private privatenumber privatecaller withheld
    numberwithheld withheldnumber idwithheld blocked blockedcaller blockednumber nocallerid callerid
    hidden hiddennumber suppressed secret confidential p anonym unterdruckt unterdrueckt anonimo oculto
    privado masque inconnuprive noid`),
  unavailable: words(`
    unknown unknowncaller unknownnumber callerunknown unavailable callerunavailable numberunavailable
    notavailable notprovided outofarea o nonumber noname none null undefined nil na invalid
    invalidnumber asterisk freeswitch sip payphone tollfreecall unbekannt desconocido inconnu
    sconosciuto interworking interaction`),
};

/** The same in further languages; not looked for on keypads, where short words are numbers of somebody. */
const moreWordsForNoNumber = {
  withheld: words(`
    privatename nameprivate idblocked masque numeromasque prive numeroprive numerooculto numeroprivado privato numeroprivato
    anoniem afgeschermd anonyymi salainen hemligt hemligtnummer skyddatnummer skjult skjultnummer hemmelig hemmeligtnummer
    zastrzezony numerzastrzezony numerprywatny skryte skrytecislo gizli gizlinumara скрыт скрытыйномер скрытномер
    номерскрыт 非通知 非通知設定 発信者番号非通知 发信者匿名 匿名 隐藏号码 발신번호표시제한 발신자표시제한`),
  unavailable: words(`
    desconhecido ignoto onbekend okant okantnummer ukendt ukendtnummer ukjent tuntematon nieznany nieznanynumer
    neznamy neznamecislo ismeretlen bilinmeyen bilinmeyennumara неизвестен неизвестныйномер номернеопределен
    表示圏外 通知不可能 公衆電話 未知 未知号码 无法显示 알수없음`),
};

const keys = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
/** `266696687` is ANONYMOUS on a keypad. Of seven letters at least: shorter ones are numbers of somebody. */
const keypadWords: ReadonlyMap<string, NoNumberReason> = new Map(
  (['withheld', 'unavailable'] as const).flatMap((reason) =>
    [...wordsForNoNumber[reason]]
      .filter((word) => word.length >= 7)
      .map(
        (word) =>
          [
            [...word].map((letter) => keys.findIndex((on) => on.includes(letter)) + 2).join(''),
            reason,
          ] as const,
      ),
  ),
);

export function isRegion(text: string): text is Region {
  return isSupportedCountry(text);
}

/**
 * What is known of the caller. Never throws.
 * @param raw the number as the trunk sent it; hostile, cut to 64 characters
 * @param presentation Asterisk's CALLERID(num-pres): `allowed*`, `prohib*` or `unavailable`
 * @param displayName hostile, cut to 120 code points
 */
export function callerFacts(
  raw: string,
  presentation: string,
  displayName: string,
  defaultRegion: Region,
): CallerFacts {
  const kept = {
    raw: raw.slice(0, longestWriting).toWellFormed(),
    displayName: firstCodePoints(displayName, maxNameCodePoints),
  };
  const reason = noNumberReason(raw, presentation);
  if (reason) return { number: null, reason, ...kept };
  const number = rememberedE164(raw, defaultRegion);
  if (number) return { number, reason: null, ...kept };
  // A tel: URI with phone-context=+1 has become +1911.
  const code =
    raw.length > longestWriting ? '' : plain(raw, defaultRegion).replace(/^\+1(?=[2-9]11$|988$)/, '');
  return isShortCode(code, defaultRegion)
    ? { ...kept, number: null, reason: 'short-code', raw: code }
    : { number: null, reason: 'malformed', ...kept };
}

/** The dialed number. `number` is null when it is no public number (an extension, a name). Never throws. */
export function calledFacts(raw: string, defaultRegion: Region): CalledFacts {
  return { number: rememberedE164(raw, defaultRegion), raw: raw.slice(0, longestWriting).toWellFormed() };
}

/** Parsing a number takes 10 µs and calls repeat the same ones; the least recently used is dropped. */
const remembered = new Map<string, string | null>();
const maxRemembered = 4_096;

function rememberedE164(text: string, region: Region): string | null {
  if (text.length > longestWriting) return null;
  const key = `${region} ${text}`;
  let number = remembered.get(key);
  if (number === undefined) {
    number = carrierE164(text, region);
    if (remembered.size >= maxRemembered) remembered.delete(remembered.keys().next().value ?? '');
  } else remembered.delete(key);
  remembered.set(key, number);
  return number;
}

function noNumberReason(raw: string, presentation: string): NoNumberReason | null {
  if (presentation.startsWith('prohib')) return 'withheld';
  if (presentation.startsWith('unavailable')) return 'unavailable';
  const word = raw.slice(0, longestWriting).trim().toLowerCase();
  return word === '' ? 'unavailable' : (wordReason(word) ?? sharedReason(word));
}

function wordReason(word: string): NoNumberReason | null {
  const letters = word
    .replace(/%20/g, '')
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .normalize('NFC');
  const isOf = (reason: 'withheld' | 'unavailable') =>
    wordsForNoNumber[reason].has(letters) || moreWordsForNoNumber[reason].has(letters);
  if (isOf('withheld')) return 'withheld';
  return isOf('unavailable') ? 'unavailable' : null;
}

/** Numbers that stand for "no number" and belong to nobody: one digit only, or a word spelled on a keypad. */
function sharedReason(word: string): NoNumberReason | null {
  if (/[a-z]/.test(word)) return null;
  const digits = word.replace(/\D/g, '');
  if (/^0{1,2}$/.test(word)) return 'unavailable';
  const national = digits.replace(/^(?:00|011)?1?(?=\d{7})/, '');
  if (/^(\d)\1{5,}$/.test(national) || /^(\d)\1{5,}$/.test(digits)) return 'unavailable';
  return keypadWords.get(digits) ?? keypadWords.get(national) ?? null;
}

/** Cuts between characters, never inside one. */
export function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text.toWellFormed();
  return Array.from(text.slice(0, count * 2))
    .slice(0, count)
    .join('')
    .toWellFormed();
}
