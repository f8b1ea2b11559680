// The keys. Single ones can be switched off (WCAG 2.2, 2.1.4), and none is taken from a field that is written into.

import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../parts/dialog";
import { read, remember } from "../state/remembered";
import { go } from "../state/route";
import { may } from "../state/session";
import { Store } from "../state/store";
import { views } from "../views";

export const singleKeys = new Store(read("keys") !== "no");
singleKeys.watch((on) => remember("keys", on ? "yes" : "no"));

const patienceMs = 1_500;

function isWriting(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** To the next link or button of the view, or the one before. */
function step(by: 1 | -1): void {
    const all = [...document.querySelectorAll<HTMLElement>("main tbody a, main tbody button, main .stops a, main .stops button")].filter(
        (each) => each.offsetParent !== null,
    );
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[at === -1 ? (by === 1 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function goBy(key: string): void {
    const view = views.find((each) => each.key === key);
    if (view !== undefined && may(view.role)) go(view.name);
}

function useKeys(onHelp: () => void): void {
    const pressedG = useRef(0);
    useEffect(() => {
        const single = (event: KeyboardEvent): boolean => {
            if (Date.now() - pressedG.current < patienceMs) {
                pressedG.current = 0;
                goBy(event.key);
                return true;
            }
            if (event.key === "g") pressedG.current = Date.now();
            else if (event.key === "/") document.getElementById("search")?.focus();
            else if (event.key === "?") onHelp();
            else if (event.key === "j") step(1);
            else if (event.key === "k") step(-1);
            else return false;
            return true;
        };
        const press = (event: KeyboardEvent) => {
            if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]") !== null) return;
            if (event.key === "Escape" && event.target instanceof HTMLElement && isWriting(event.target)) event.target.blur();
            else if (!isWriting(event.target) && singleKeys.get() && single(event)) event.preventDefault();
        };
        document.addEventListener("keydown", press);
        return () => document.removeEventListener("keydown", press);
    }, []);
}

const others: readonly [string, string][] = [
    ["/", "look for an address, an account or a code"],
    ["j  k", "the next thing in a list, the one before"],
    ["Enter", "open it"],
    ["Escape", "leave a field, close a dialog"],
    ["?", "these keys"],
];

export function Keys() {
    const [shown, setShown] = useState(false);
    useKeys(() => setShown(true));
    if (!shown) return null;
    return (
        <Dialog title="Keys" onClose={() => setShown(false)}>
            <dl class="facts keys">
                {others.map(([key, what]) => [
                    <dt key={key}>{key.split("  ").map((each) => [<kbd key={each}>{each}</kbd>, " "])}</dt>,
                    <dd key={what}>{what}</dd>,
                ])}
                {views
                    .filter((view) => may(view.role))
                    .map((view) => [
                        <dt key={view.key}>
                            <kbd>g</kbd> <kbd>{view.key}</kbd>
                        </dt>,
                        <dd key={view.name}>{view.title}</dd>,
                    ])}
            </dl>
            <p class="hint">Your name in the bar above opens a dialog where single keys can be switched off.</p>
        </Dialog>
    );
}
