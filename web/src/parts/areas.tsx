// Longer texts, lists of lines, and several of a few: pieces of forms.

import { useId } from "preact/hooks";

/** As the daemon counts. */
export function bytesOf(text: string): number {
    return new TextEncoder().encode(text).length;
}

interface AreaProps {
    name: string;
    label: string;
    value: string;
    onValue: (value: string) => void;
    hint?: string;
    required?: boolean;
    /** how long it may be; what is longer is said */
    mostBytes?: number;
    tall?: boolean;
}

export function Area({ name, label, value, onValue, hint, required = false, mostBytes = 4000, tall = false }: AreaProps) {
    const id = useId();
    const beyond = bytesOf(value) - mostBytes;
    return (
        <div class="field grow">
            <label for={id}>{label}</label>
            <textarea
                id={id}
                name={name}
                class={tall ? "tall" : ""}
                required={required}
                value={value}
                onInput={(event) => onValue(event.currentTarget.value)}
                {...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` })}
            />
            {hint === undefined ? null : (
                <p class="hint" id={`${id}-hint`}>
                    {hint}
                </p>
            )}
            {beyond > 0 ? (
                <p class="bad" role="status">
                    {beyond} bytes too long.
                </p>
            ) : null}
        </div>
    );
}

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
    return text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
}

interface TicksProps {
    legend: string;
    name: string;
    options: readonly { value: string; text: string }[];
    chosen: readonly string[];
    onChosen: (chosen: string[]) => void;
    empty: string;
}

/** Any number of a few. */
export function Ticks({ legend, name, options, chosen, onChosen, empty }: TicksProps) {
    const turned = (value: string, on: boolean) => onChosen(on ? [...chosen, value] : chosen.filter((each) => each !== value));
    return (
        <fieldset class="ticks">
            <legend>{legend}</legend>
            {options.length === 0 ? <p class="hint">{empty}</p> : null}
            {options.map(({ value, text }) => (
                <label key={value} class="tick">
                    <input
                        type="checkbox"
                        name={name}
                        checked={chosen.includes(value)}
                        onChange={(event) => turned(value, event.currentTarget.checked)}
                    />
                    <span>{text}</span>
                </label>
            ))}
        </fieldset>
    );
}
