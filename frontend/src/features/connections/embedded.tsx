import { useState } from "react";
import { takeFromAddress } from "@/lib/address";
import { Root, type RootProps } from "@/lib/root";
import { MetaInstagramConnect, type MetaInstagramConnectProps } from "./connections";

export type EmbeddedConnectProps = Omit<RootProps, "children" | "fill"> & MetaInstagramConnectProps;

/** The connections in another app's page, which needs nothing of ours around them. */
export function EmbeddedConnect({ completion, returnTo, ...root }: EmbeddedConnectProps) {
  // A login that went on in this tab came back to the host's page.
  const [brought] = useState(() => takeFromAddress("completion"));
  return (
    <Root {...root}>
      <MetaInstagramConnect
        completion={completion ?? brought}
        {...(returnTo === undefined ? {} : { returnTo })}
      />
    </Root>
  );
}
