Feature: Taking access back at Meta
  Whoever connected accounts may take that back at Meta, or have their data deleted there.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts
    And Meta knows Bia by an id that is kept
    And Ana wrote to the Page "Casa Verde" "Oi"

  Scenario: Bia takes the app's access back
    When Bia takes the app's access back at Meta
    Then the Page "Casa Verde" shows as disconnected
    And what Meta knows Bia by is nowhere any more
    And the conversation with Ana still holds "Oi"

  Scenario: Bia has her data deleted
    When Bia asks Meta to have her data deleted
    Then the Page "Casa Verde" shows as disconnected
    And what Meta knows Bia by is nowhere any more
    And the conversation with Ana still holds "Oi"

  Scenario: Only Meta can say so
    When somebody who does not know our secret says that Bia took the app's access back
    Then that is refused
    And the Page "Casa Verde" is connected
