import type { Campaign } from './campaign.ts';

/**
 * The calls of a campaign as a filter of records: by what they have in common, those before it was recognized too; by its id when that
 * cannot be searched by.
 */
export function campaignCalls({
  id,
  traits,
  also = [],
}: Pick<Campaign, 'id' | 'traits' | 'also'>): Readonly<Record<string, string>> {
  const { origid, claimedName, signer, exchange, calledNumber, attestation } = traits;
  if (origid !== undefined || claimedName !== undefined || also.length > 0) return { campaign: id };
  return {
    ...(exchange !== undefined && { exchange }),
    ...(signer !== undefined && { signer }),
    ...(calledNumber !== undefined && { called: calledNumber }),
    ...verificationOf(attestation),
  };
}

function verificationOf(attestation: string | undefined): Readonly<Record<string, string>> {
  switch (attestation) {
    case undefined:
      return {};
    case 'A':
    case 'B':
    case 'C':
      return { attestation, verification: 'passed' };
    case 'none':
      return { verification: 'none' };
    case 'failed':
      return { verification: 'failed' };
    default:
      return { verification: 'passed' };
  }
}
