// The element in a React page: React 19 sets what it is given as attributes and properties, and adds listeners for
// `on…` with the event's own name.

import type { DetailedHTMLProps, HTMLAttributes, Ref } from "react";
import { useEffect, useRef, useState } from "react";
import type { QuorumLab, QuorumLabAttributes } from "quorum-lab";
import "quorum-lab";

type Props = DetailedHTMLProps<HTMLAttributes<QuorumLab>, QuorumLab> & QuorumLabAttributes & { ref?: Ref<QuorumLab> };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "quorum-lab": Props;
    }
  }
}

/** A figure that says below itself at which step it is. */
export function Figure(attributes: QuorumLabAttributes) {
  const lab = useRef<QuorumLab>(null);
  const [step, setStep] = useState(0);
  useEffect(() => {
    const { current } = lab;
    const moved = () => setStep(current?.view().step ?? 0);
    current?.addEventListener("quorum-ready", moved);
    current?.addEventListener("quorum-step", moved);
    return () => {
      current?.removeEventListener("quorum-ready", moved);
      current?.removeEventListener("quorum-step", moved);
    };
  }, []);
  return (
    <figure>
      <quorum-lab ref={lab} {...attributes} />
      <figcaption>Step {step}</figcaption>
    </figure>
  );
}
