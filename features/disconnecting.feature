Feature: Disconnecting an account
  The business can leave at any moment; what was said stays its own.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: Disconnecting keeps the history
    Given Ana wrote to the Page "Casa Verde" "Bom dia"
    When Bia disconnects the Page "Casa Verde"
    Then the Page "Casa Verde" shows as disconnected
    And the conversation with Ana still holds "Bom dia"
    And nothing can be sent from the Page "Casa Verde"

  Scenario: Meta goes on sending while the Instagram account needs the Page
    When Bia disconnects the Page "Casa Verde"
    Then Meta still sends us the messages of "casaverde"

  Scenario: The last account of a Page
    Given Bia disconnected the Page "Casa Verde"
    When Bia disconnects the Instagram account "casaverde"
    Then Meta no longer sends us anything

  Scenario: Meta does not answer
    Given Bia disconnected the Page "Casa Verde"
    And Meta does not answer
    When Bia disconnects the Instagram account "casaverde"
    Then the Instagram account "casaverde" shows as disconnected
    And once Meta answers again it no longer sends us anything
