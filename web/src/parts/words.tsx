// Texts and times, as they are shown everywhere.

import type { ComponentChildren } from "preact";
import type { Refused } from "../api/call";
import { to } from "../state/route";
import { useStore } from "../state/store";
import { clean, cleanLines } from "../text/clean";
import { clock, inUtc } from "../text/time";

/** Up to so many characters stay on one line. */
const shortOf = 28;

/** What somebody outside wrote: always text, set apart from the direction of what surrounds it. */
export function Said({ text, mono = false, lines = false }: { text: string; mono?: boolean; lines?: boolean }) {
    const shown = lines ? cleanLines(text) : clean(text);
    return <bdi class={`said${mono ? " mono" : ""}${shown.length <= shortOf ? " short" : ""}`}>{shown}</bdi>;
}

/** An address, a network, an account or a code: leads to why. */
export function Who({ text }: { text: string }) {
    if (text === "") return <span class="quiet">–</span>;
    return (
        <a class="who" href={to("search", text)}>
            <Said text={text} mono />
        </a>
    );
}

export function When({ time, date = "other" }: { time: string | null | undefined; date?: "other" | "always" | "never" }) {
    const utc = useStore(inUtc);
    if (time === null || time === undefined || time === "") return <span class="quiet">–</span>;
    const moment = new Date(time);
    const shown = clock(moment, utc);
    const withDate = date === "always" || (date === "other" && shown.date !== clock(new Date(), utc).date);
    const hover = clock(moment, true);
    return (
        <time dateTime={time} title={`${hover.date} ${hover.time} UTC`} class="time">
            {withDate ? `${shown.date} ${shown.time}` : shown.time}
        </time>
    );
}

export function Complaint({ refused, again }: { refused: Refused | null; again?: () => void }) {
    if (refused === null) return null;
    return (
        <div class="complaint" role="alert">
            <p>
                <strong>
                    <Said text={refused.error} />
                </strong>
            </p>
            <p>
                <Said text={refused.mend} />
                {refused.needs === null ? "" : ` It takes the role ${refused.needs}.`}
            </p>
            {again === undefined ? null : (
                <button type="button" onClick={again}>
                    Try again
                </button>
            )}
        </div>
    );
}

export function Done({ text }: { text: string }) {
    return (
        <p class={text === "" ? "heard" : "done"} role="status">
            {text === "" ? "" : <Said text={text} />}
        </p>
    );
}

/** What is shown until there is an answer, and where there is none. */
export function Waiting({ what }: { what: string }) {
    return (
        <p class="quiet" role="status">
            {what} …
        </p>
    );
}

export function Chip({ tone, children, title }: { tone: "good" | "warn" | "bad" | "plain"; children: ComponentChildren; title?: string }) {
    return (
        <span class={`chip ${tone}`} {...(title === undefined ? {} : { title })}>
            {children}
        </span>
    );
}

export function Card({
    title,
    aside,
    children,
    wide = false,
    id,
}: {
    title: string;
    aside?: ComponentChildren;
    children: ComponentChildren;
    wide?: boolean;
    id?: string;
}) {
    return (
        <section class={wide ? "card wide" : "card"} aria-label={title} {...(id === undefined ? {} : { id })}>
            <div class="card-head">
                <h2>{title}</h2>
                {aside === undefined ? null : <div class="aside">{aside}</div>}
            </div>
            {children}
        </section>
    );
}
