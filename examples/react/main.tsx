import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Figure } from "./figure";

function Page() {
  const [shown, show] = useState(true);
  return (
    <main>
      <h1>Chosen is not known</h1>
      <button type="button" onClick={() => show(!shown)}>
        {shown ? "Another page" : "Back"}
      </button>
      {shown && <Figure scenario="chosen-but-nobody-knows" step={40} panels="stage events" controls="compact" />}
    </main>
  );
}

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
