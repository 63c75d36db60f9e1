import { useEffect, useRef, useState, type RefObject } from "react";

/** Takes files that are dropped anywhere on our part of the page; missing the box would open them in its place. */
export function useDrop(inside: RefObject<HTMLElement | null>, onFiles: (files: File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useRef(onFiles);
  useEffect(() => {
    take.current = onFiles;
  });
  useEffect(() => {
    const place = inside.current?.closest<HTMLElement>(".mi-root");
    if (!place) return undefined;
    let leaving: ReturnType<typeof setTimeout> | undefined;
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      setOver(true);
      // It is told several times a second while files are over the place, and nothing reliable when they leave.
      clearTimeout(leaving);
      leaving = setTimeout(() => setOver(false), 400);
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(false);
      const files = [...event.dataTransfer.files];
      if (files.length > 0) take.current(files);
    };
    place.addEventListener("dragover", over);
    place.addEventListener("drop", drop);
    return () => {
      clearTimeout(leaving);
      place.removeEventListener("dragover", over);
      place.removeEventListener("drop", drop);
    };
  }, [inside]);
  return isOver;
}
