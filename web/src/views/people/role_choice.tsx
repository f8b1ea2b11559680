import type { Role } from "../../api/types";
import { Choice } from "../../parts/forms";
import { roles, roleWords } from "../../state/session";

export function RoleChoice({ value, onValue, label = "Role" }: { value: Role; onValue: (role: Role) => void; label?: string }) {
    return (
        <>
            <Choice<Role>
                name="role"
                label={label}
                value={value}
                options={roles.map((role) => ({ value: role, text: role }))}
                onValue={onValue}
            />
            <p class="hint">
                {value} {roleWords[value]}.
            </p>
        </>
    );
}
