// Links within the page: real addresses, so that opening in a new tab works; a plain click stays on the page.
import type { ComponentChildren } from "preact";
import { go } from "../state/router";

interface LinkProps {
  to: string;
  class?: string;
  title?: string;
  label?: string;
  isCurrent?: boolean;
  children: ComponentChildren;
}

export function Link({ to, title, label, isCurrent, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    go(to);
  };
  return (
    <a href={to} class={rest.class ?? ""} title={title} aria-label={label} aria-current={isCurrent ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
