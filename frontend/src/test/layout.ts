import { vi } from "vitest";

const ROW_PX = 80;

/** Gives the page of a test a size, which lists that draw only what is in view ask for. */
export function giveLayout({ width = 1280, height = 640 } = {}): void {
  class Observer {
    readonly #tell: ResizeObserverCallback;
    readonly #known = new Set<Element>();

    constructor(tell: ResizeObserverCallback) {
      this.#tell = tell;
    }

    observe(target: Element): void {
      this.#known.add(target);
      const isRow = target.tagName === "LI" || target.querySelector(":scope > div > article") !== null;
      const size = isRow ? ROW_PX : height;
      queueMicrotask(() => {
        if (!this.#known.has(target)) return;
        const entry = { target, contentRect: { width, height: size } } as unknown as ResizeObserverEntry;
        this.#tell([entry], this as unknown as ResizeObserver);
      });
    }

    unobserve(target: Element): void {
      this.#known.delete(target);
    }

    disconnect(): void {
      this.#known.clear();
    }
  }
  vi.stubGlobal("ResizeObserver", Observer);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(width);
  vi.spyOn(HTMLElement.prototype, "offsetParent", "get").mockImplementation(function (this: HTMLElement) {
    return this.parentElement;
  });
  Element.prototype.scrollTo = function (this: Element, place?: unknown) {
    if (typeof place === "object" && place !== null && "top" in place) this.scrollTop = Number(place.top);
    this.dispatchEvent(new Event("scroll"));
  } as typeof Element.prototype.scrollTo;
}
