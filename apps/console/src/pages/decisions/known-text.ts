import i18next from 'i18next';

/** The text of a key that is built from what a broker or a plug-in said; null when there is none: plug-ins may say anything. */
function knownText(word: string, key: string): string | null {
  // Else what a plug-in says could be read as a path of keys.
  if (/[.:]/.test(word) || !i18next.exists(key)) return null;
  return (i18next.t as (key: string) => string)(key);
}

/** Why a target was no candidate, in the person's language where we know the reason. */
export const removalText = (reason: string): string => knownText(reason, `removalReason.${reason}`) ?? reason;

/** What somebody who was asked said. */
export const stepText = (outcome: string): string => knownText(outcome, `stepOutcome.${outcome}`) ?? outcome;

/** Why nobody was connected: title, cause or fix of the broker's code; null for codes that we do not know. */
export const failureText = (code: string, part: 'title' | 'cause' | 'fix'): string | null =>
  knownText(code, `brokerFailure.${code}.${part}`);

/** What a plug-in takes part in. */
export const offerText = (offer: string): string => knownText(offer, `broker.offer_${offer}`) ?? stageText(offer);

/** A step of a decision by its name. */
export const stageText = (stage: string): string => knownText(stage, `decisionStage.${stage}`) ?? stage;
