// Whom an exception or a question is about.

/** A network or an autonomous system: many at once. */
export function isMany(who: string): boolean {
    return /^AS\d+$/i.test(who) || /^[0-9a-f.:]+\/\d+$/i.test(who);
}
