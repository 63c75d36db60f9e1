import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";
import { menuKit } from "@/components/menu";
import { loadWords } from "@/lib/i18n";

await Promise.all([loadWords("pt-BR"), loadWords("en"), menuKit.fetch()]);

afterEach(cleanup);
