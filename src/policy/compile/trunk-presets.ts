import type { Statement, VerstatPlace } from '../../call/trunk.ts';
import type { Attestation } from '../../call/vocabulary.ts';

interface TrunkPreset {
  readonly believe: readonly Statement[];
  readonly barePass: Attestation | null;
  readonly verstatPlace: VerstatPlace;
}

/**
 * What carriers document of the calls that they deliver. Nothing is written here that its source does not say; what a
 * carrier leaves open stays unbelieved.
 */
export const trunkPresets = {
  /** verstat in P-Asserted-Identity; a bare pass is A, B and C have letters: developers.telnyx.com/docs/voice/stir-shaken/sip-header-parameters */
  telnyx: { believe: ['asterisk', 'verstat-in-pai'], barePass: 'A', verstatPlace: 'anywhere' },
  /**
   * verstat in P-Asserted-Identity, in the user part or behind `>`, and with "enhanced" verification
   * P-Attestation-Indicator and P-Origination-ID: support.bandwidth.com/hc/en-us/articles/1500007690922
   */
  bandwidth: {
    believe: ['asterisk', 'verstat-in-pai', 'p-attestation-indicator', 'p-origination-id'],
    barePass: null,
    verstatPlace: 'anywhere',
  },
  /** verstat in P-Asserted-Identity or From, without a letter: support.flowroute.com/290885-STIRSHAKEN-methodology-with-Flowroute */
  flowroute: {
    believe: ['asterisk', 'verstat-in-pai', 'verstat-in-from'],
    barePass: null,
    verstatPlace: 'anywhere',
  },
  /** Elastic SIP Trunking: X-Twilio-VerStat on calls that came signed: twilio.com/changelog (SHAKEN/STIR verification on incoming calls, 2020-09-21) */
  twilio: { believe: ['asterisk', 'x-twilio-verstat'], barePass: null, verstatPlace: 'anywhere' },
  /** X-Attestation-Info beside verstat, as an Avaya guide names it for Verizon: documentation.avaya.com, IP Office 12.3, SIP_STIR_Auth_Level */
  verizon: {
    believe: ['asterisk', 'verstat-in-pai', 'x-attestation-info'],
    barePass: null,
    verstatPlace: 'anywhere',
  },
  /** verstat in P-Asserted-Identity or From and Attestation-Info, which Avaya's session border controller writes: the same page */
  'avaya-sbc': {
    believe: ['asterisk', 'verstat-in-pai', 'verstat-in-from', 'attestation-info'],
    barePass: null,
    verstatPlace: 'anywhere',
  },
} as const satisfies Record<string, TrunkPreset>;

export const presetNames = Object.keys(trunkPresets) as [
  keyof typeof trunkPresets,
  ...(keyof typeof trunkPresets)[],
];
