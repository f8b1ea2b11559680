// A moment to choose: the browser's own field, which takes figures and arrows, and beside it the same in words.

import { useId, useState } from "preact/hooks";
import { useClock } from "../frame/strip";
import { useStore } from "../state/store";
import { localValue, momentOf, spelled } from "../text/moment";
import { inUtc, zone } from "../text/time";

interface MomentProps {
    name: string;
    label: string;
    /** null: what stands there is no moment */
    value: Date | null;
    onValue: (value: Date | null) => void;
    hint?: string;
}

export function Moment({ name, label, value, onValue, hint = "" }: MomentProps) {
    const id = useId();
    const utc = useStore(inUtc);
    const now = useClock(20_000);
    // While somebody types, the field is half a moment: what he wrote stays as he wrote it.
    const [written, setWritten] = useState("");
    const same = momentOf(written, utc)?.getTime() === value?.getTime();
    const write = (text: string) => {
        setWritten(text);
        onValue(momentOf(text, utc));
    };
    return (
        <div class="field">
            <label for={id}>
                {label} ({utc ? "UTC" : zone})
            </label>
            <input
                id={id}
                type="datetime-local"
                name={name}
                required
                step="60"
                max="9999-12-31T23:59"
                aria-describedby={`${id}-hint`}
                value={same || value === null ? written : localValue(value, utc)}
                onInput={(event) => write(event.currentTarget.value)}
            />
            <p class="hint" id={`${id}-hint`}>
                {value === null ? "Day, month, year, hour, minute" : spelled(value, utc, new Date(now))}
                {hint === "" ? "" : `. ${hint}`}
            </p>
        </div>
    );
}

/** Buttons for lengths that are usual. */
export function Lengths({ legend, from, onUntil }: { legend: string; from: Date | null; onUntil: (until: Date) => void }) {
    const lengths: readonly [string, number][] = [
        ["30 min", 30],
        ["1 h", 60],
        ["2 h", 120],
        ["4 h", 240],
        ["8 h", 480],
    ];
    return (
        <fieldset class="lengths">
            <legend>{legend}</legend>
            {lengths.map(([text, minutes]) => (
                <button
                    key={text}
                    type="button"
                    disabled={from === null}
                    onClick={() => (from === null ? undefined : onUntil(new Date(from.getTime() + minutes * 60_000)))}
                >
                    {text}
                </button>
            ))}
        </fieldset>
    );
}
