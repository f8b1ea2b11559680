// Pieces of forms: each has its words, its hint, and says who may not use it and why.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Role } from "../api/types";
import { may, session } from "../state/session";
import { useStore } from "../state/store";

interface FieldProps {
    name: string;
    label: string;
    value: string;
    onValue: (value: string) => void;
    hint?: string;
    type?: "text" | "password" | "search";
    required?: boolean;
    autoComplete?: string;
    inputMode?: "numeric" | "text";
    pattern?: string;
    minLength?: number;
    maxLength?: number;
    placeholder?: string;
    list?: readonly string[];
    focus?: boolean;
}

type InputAttributes = { [name: string]: string | number | boolean | ((event: { currentTarget: HTMLInputElement }) => void) };

function attributesOf(
    { name, value, onValue, hint, type = "text", list, focus, label: _label, ...rest }: FieldProps,
    id: string,
): InputAttributes {
    return {
        ...rest,
        id,
        name,
        type,
        value,
        spellcheck: false,
        onInput: (event) => onValue(event.currentTarget.value),
        ...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` }),
        ...(list === undefined ? {} : { list: `${id}-list` }),
        ...(focus ? { autofocus: true } : {}),
    };
}

function Suggestions({ id, list }: { id: string; list: readonly string[] }) {
    return (
        <datalist id={`${id}-list`}>
            {list.map((each) => (
                <option key={each} value={each} />
            ))}
        </datalist>
    );
}

export function Field(props: FieldProps) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{props.label}</label>
            <input {...attributesOf(props, id)} />
            {props.list === undefined ? null : <Suggestions id={id} list={props.list} />}
            {props.hint === undefined ? null : (
                <p class="hint" id={`${id}-hint`}>
                    {props.hint}
                </p>
            )}
        </div>
    );
}

interface ChoiceProps<T extends string> {
    label: string;
    value: T;
    options: readonly { value: T; text: string; disabled?: boolean }[];
    onValue: (value: T) => void;
    name: string;
}

export function Choice<T extends string>({ label, value, options, onValue, name }: ChoiceProps<T>) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <select id={id} name={name} value={value} onChange={(event) => onValue(event.currentTarget.value as T)}>
                {options.map((option) => (
                    <option key={option.value} value={option.value} disabled={option.disabled ?? false}>
                        {option.text}
                    </option>
                ))}
            </select>
        </div>
    );
}

export function Tick({ label, value, onValue, name }: { label: string; value: boolean; onValue: (value: boolean) => void; name: string }) {
    return (
        <label class="tick">
            <input type="checkbox" name={name} checked={value} onChange={(event) => onValue(event.currentTarget.checked)} />
            <span>{label}</span>
        </label>
    );
}

interface FormProps {
    onSubmit: () => void;
    children: ComponentChildren;
    label: string;
}

export function Form({ onSubmit, children, label }: FormProps) {
    return (
        <form
            aria-label={label}
            onSubmit={(event) => {
                event.preventDefault();
                onSubmit();
            }}
        >
            {children}
        </form>
    );
}

/** Children, or a line that says which role it takes. */
export function Needs({ least, what, children }: { least: Role; what: string; children: ComponentChildren }) {
    const who = useStore(session).who;
    if (may(least, who?.role)) return <>{children}</>;
    return (
        <p class="quiet needs">
            {what} takes the role <strong>{least}</strong>; yours is {who?.role ?? "none"}.
        </p>
    );
}

export const expiries: readonly string[] = ["30m", "12h", "7d", "31d", "never"];
export const expiryHint = "30m, 12h, 7d, a date (2026-08-31), a time, or never";
