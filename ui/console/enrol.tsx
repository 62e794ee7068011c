// What an account sees whose role demands a second factor that it does not have yet.
import { Protection } from "./account";
import { Frame } from "./signin";
import { s } from "./staffstrings";
import { logout } from "./store";
import { t } from "./strings";

export function Enrol() {
  return (
    <Frame>
      <h1>{s.enrol.title}</h1>
      <p>{s.enrol.why}</p>
      <Protection heading="h2" />
      <button type="button" class="link" onClick={() => void logout()}>
        {t.top.logout}
      </button>
    </Frame>
  );
}
