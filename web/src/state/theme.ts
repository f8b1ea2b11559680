// Light or dark: as the system says, until somebody chooses.

import { read, remember } from "./remembered";
import { Store } from "./store";

export type Theme = "system" | "light" | "dark";
const saved = read("theme");
export const theme = new Store<Theme>(saved === "light" || saved === "dark" ? saved : "system");
/** Changes whenever colours do: what is drawn on a canvas is drawn anew. */
export const colours = new Store(0);

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
    const chosen = theme.get();
    document.documentElement.dataset["theme"] = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
    colours.set(colours.get() + 1);
}

export function startTheme(): void {
    dark.addEventListener("change", apply);
    theme.watch((chosen) => {
        remember("theme", chosen);
        apply();
    });
    apply();
}
