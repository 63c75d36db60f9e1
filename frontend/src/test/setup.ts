import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";
import { loadMenus } from "@/components/menu";
import { loadWords } from "@/lib/i18n";

await Promise.all([loadWords("pt-BR"), loadWords("en"), loadMenus()]);

afterEach(cleanup);
