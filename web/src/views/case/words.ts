// Words for customers, as they are being written.

import type { Case, CaseTemplate, CaseUpdate, PublicState, ServiceState } from "../../api/told";
import { linesOf } from "../../parts/areas";
import type { ServiceChoice } from "../../state/case";
import { cleanToEdit } from "../../text/clean";

export interface Words {
    text: string;
    title: string;
    /** null: as it stands when it goes out, whoever changes that meanwhile */
    state: PublicState | null;
    /** empty: as it is */
    worst: ServiceState | "";
    services: string[];
    /** a line each */
    meanwhile: string;
    steps: string;
    source: string;
    next: string;
}

/** update: the one that waits and is taken to be edited. */
export function wordsOf(of: Case, update: CaseUpdate | null): Words {
    return {
        text: cleanToEdit(update?.text ?? ""),
        title: cleanToEdit(update?.title ?? ""),
        state: update?.state ?? null,
        worst: "",
        services: update?.services ?? of.services,
        meanwhile: of.meanwhile.map(cleanToEdit).join("\n"),
        steps: of.steps.map(cleanToEdit).join("\n"),
        source: cleanToEdit(update?.source ?? ""),
        next: "",
    };
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
    return a.length === b.length && a.every((each) => b.includes(each));
}

/** Only what is other than before: the rest stays as it is, whoever changes it meanwhile. */
export function bodyOf(words: Words, before: Words, of: Case): Record<string, unknown> {
    const next = words.next.trim();
    return {
        text: words.text,
        state: words.state ?? of.state,
        ...(words.title.trim() === before.title ? {} : { title: words.title.trim() }),
        ...(words.worst === "" ? {} : { worst: words.worst }),
        ...(sameTexts(words.services, before.services) ? {} : { services: words.services }),
        ...(words.meanwhile === before.meanwhile ? {} : { meanwhile: linesOf(words.meanwhile) }),
        ...(words.steps === before.steps ? {} : { steps: linesOf(words.steps) }),
        ...(words.source.trim() === before.source ? {} : { source: words.source.trim() }),
        ...(next === "" ? {} : { next }),
    };
}

/** "02:10", by the clock of those who read it where the browser knows it. */
function momentIn(time: string, zone: string): string {
    const form = (timeZone?: string) =>
        new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(timeZone ? { timeZone } : {}) });
    const at = new Date(time);
    try {
        return form(zone).format(at);
    } catch {
        return `${form("UTC").format(at)} UTC`; // the daemon's label of a zone need not be one that the browser has
    }
}

/** A template's words in place of what was written; what it leaves out stays. */
export function fromTemplate(words: Words, template: CaseTemplate, of: Case, services: readonly ServiceChoice[], zone: string): Words {
    const labels = words.services.map((name) => services.find(({ value }) => value === name)?.text ?? name).join(", ");
    const text = template.text
        .replaceAll("{since}", momentIn(of.began, zone))
        .replaceAll("{services}", labels === "" ? "{services}" : labels);
    return {
        ...words,
        text: text === "" ? words.text : text,
        title: template.title === "" ? words.title : template.title,
        meanwhile: template.meanwhile.length === 0 ? words.meanwhile : template.meanwhile.join("\n"),
        steps: template.steps.length === 0 ? words.steps : template.steps.join("\n"),
    };
}
