// The bar above: how things stand, a field to look for anybody, and who is signed in.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import { scene, standing } from "../api/live";
import type { Posture } from "../api/types";
import { Chip } from "../parts/words";
import { go } from "../state/route";
import { session } from "../state/session";
import { useStore } from "../state/store";
import { Mark } from "./mark";
import { ModeSwitch } from "./mode";
import { Preferences } from "./preferences";

const postureWords: Record<Posture, string> = {
    calm: "Calm: only the certain is stopped",
    watch: "Watch: something is unusual, and less is believed",
    storm: "Storm: the familiar go first, the unknown wait, the doubtful are refused",
};

function LiveChip() {
    const { state } = useStore(standing);
    if (state === "live") return <Chip tone="good">Live</Chip>;
    return state === "stale" ? <Chip tone="bad">Stale</Chip> : <Chip tone="plain">Connecting</Chip>;
}

function PostureChip() {
    const now = useStore(scene);
    if (now === null) return null;
    return (
        <Chip
            tone={now.posture === "storm" ? "bad" : now.posture === "watch" ? "warn" : "good"}
            title={postureWords[now.posture] ?? now.posture}
        >
            <span class="heard">Posture: </span>
            {now.posture}
        </Chip>
    );
}

async function signOut(): Promise<void> {
    await call("session", { method: "DELETE" }).catch(() => undefined); // who can't reach the daemon must still get out of here
    session.set({ state: "out", who: null, why: "You are signed out." });
}

function SearchField() {
    const [who, setWho] = useState("");
    return (
        // biome-ignore lint/a11y/useSemanticElements: readers know the role better than the element
        <form
            role="search"
            onSubmit={(event) => {
                event.preventDefault();
                if (who.trim() === "") return;
                go("search", who.trim());
                setWho("");
            }}
        >
            <input
                id="search"
                type="search"
                name="who"
                value={who}
                spellcheck={false}
                autocomplete="off"
                aria-label="Address, account or code"
                placeholder="Address, account or code   /"
                onInput={(event) => setWho(event.currentTarget.value)}
            />
        </form>
    );
}

export function Top({ menu, onMenu }: { menu: boolean; onMenu: () => void }) {
    const who = useStore(session).who;
    const posture = useStore(scene)?.posture ?? "calm";
    const [preferences, setPreferences] = useState(false);
    return (
        <header class={`top ${posture}`}>
            <button type="button" class="menu-button" aria-expanded={menu} aria-controls="rail" onClick={onMenu}>
                Views
            </button>
            <span class="brand">
                <Mark /> Tidegate
            </span>
            <SearchField />
            <div class="states">
                <PostureChip />
                <LiveChip />
                <ModeSwitch />
                <button type="button" class="plain" onClick={() => setPreferences(true)} aria-haspopup="dialog">
                    {who?.name} <span class="quiet">({who?.role})</span>
                </button>
                <button type="button" class="plain" onClick={() => void signOut()}>
                    Sign out
                </button>
            </div>
            {preferences ? <Preferences onClose={() => setPreferences(false)} /> : null}
        </header>
    );
}
