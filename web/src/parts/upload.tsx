// Sending a file to the server, with progress: fetch has none for uploads, so XMLHttpRequest does it.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { address } from "../api/client";
import type { Upload } from "../api/types";
import { csrf } from "../state/session";
import { Icon } from "./icons";
import { say } from "./toasts";

function send(file: File, progress: (share: number) => void): { done: Promise<Upload>; cancel: () => void } {
  const request = new XMLHttpRequest();
  const done = new Promise<Upload>((resolve, reject) => {
    request.open("POST", address("/uploads", { name: file.name }));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRF-Token", csrf.value);
    request.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0);
    request.onload = () => (request.status === 201 ? resolve(JSON.parse(request.responseText) as Upload) : reject(new Error(errorOf(request))));
    request.onerror = () => reject(new Error("The upload broke off. Is the server still there?"));
    request.onabort = () => reject(new Error("The upload was cancelled."));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

function errorOf(request: XMLHttpRequest): string {
  try {
    return (JSON.parse(request.responseText) as { error: string }).error;
  } catch {
    return `The server answered ${request.status} ${request.statusText}.`;
  }
}

export function UploadButton({ accept, label, done }: { accept: string; label: string; done: (upload: Upload) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const share = useSignal<number | null>(null);
  const cancel = useRef<() => void>(() => undefined);
  const start = async (file: File) => {
    share.value = 0;
    const sending = send(file, (part) => (share.value = part));
    cancel.current = sending.cancel;
    try {
      done(await sending.done);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), true);
    } finally {
      share.value = null;
      if (input.current) input.current.value = "";
    }
  };
  const pick = (files: FileList | null) => {
    const file = files?.[0];
    if (file) void start(file);
  };
  if (share.value !== null) {
    return (
      <span class="uploading">
        <progress value={share.value} max={1} aria-label="Upload" />
        <span class="muted">{(share.value * 100).toFixed(0)} %</span>
        <button type="button" onClick={() => cancel.current()}>
          Cancel
        </button>
      </span>
    );
  }
  return (
    <span
      class="uploading"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        pick(event.dataTransfer?.files ?? null);
      }}
    >
      <input ref={input} type="file" class="hidden" accept={accept} tabIndex={-1} aria-label={label} onChange={(event) => pick(event.currentTarget.files)} />
      <button type="button" onClick={() => input.current?.click()}>
        <Icon name="upload" /> {label}
      </button>
    </span>
  );
}
