// What belongs to this browser alone: colours, times, keys.

import { Dialog } from "../parts/dialog";
import { Choice, Form, Tick } from "../parts/forms";
import { When } from "../parts/words";
import { remember } from "../state/remembered";
import { roleWords, session } from "../state/session";
import { useStore } from "../state/store";
import { type Theme, theme } from "../state/theme";
import { inUtc, zone } from "../text/time";
import { singleKeys } from "./keys";

export function Preferences({ onClose }: { onClose: () => void }) {
    const who = useStore(session).who;
    return (
        <Dialog title={who?.name ?? ""} onClose={onClose}>
            <p>
                Your role is <strong>{who?.role}</strong>: it {who === null ? "" : roleWords[who.role]}.
            </p>
            <p class="quiet">
                You are signed in until <When time={who?.expires ?? null} /> at the latest.
            </p>
            <Form label="Preferences" onSubmit={onClose}>
                <Choice<Theme>
                    name="theme"
                    label="Colours"
                    value={useStore(theme)}
                    options={[
                        { value: "system", text: "As the system has them" },
                        { value: "light", text: "Light" },
                        { value: "dark", text: "Dark" },
                    ]}
                    onValue={(value) => theme.set(value)}
                />
                <Tick
                    name="utc"
                    label={`Times in UTC (else ${zone})`}
                    value={useStore(inUtc)}
                    onValue={(value) => {
                        remember("utc", value ? "yes" : "no");
                        inUtc.set(value);
                    }}
                />
                <Tick
                    name="keys"
                    label="Single keys are shortcuts"
                    value={useStore(singleKeys)}
                    onValue={(value) => singleKeys.set(value)}
                />
                <button type="submit" class="first">
                    Close
                </button>
            </Form>
            <p class="hint">
                <a href="/LICENSES.txt">Licences</a> of what this console is made of.
            </p>
        </Dialog>
    );
}
