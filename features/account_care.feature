Feature: Connections are looked after
  Meta ends connections without a word; the business hears of it within a day, whether or not it uses the inbox.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: Nothing has happened
    When a day passes
    Then the Page "Casa Verde" shows as active

  Scenario: Her login ended at Meta
    Given Meta ended Bia's login
    When a day passes
    Then the Page "Casa Verde" shows that it needs a new login
    And the Instagram account "casaverde" shows that it needs a new login

  Scenario: Meta stopped sending messages
    Given Meta stopped sending us the messages of the Page "Casa Verde"
    And Ana wrote to the Page "Casa Verde" "Tem alguém aí?" 10 minutes ago
    When a day passes
    Then Meta sends us the messages of the Page "Casa Verde" again
    And Bia sees "Tem alguém aí?" from Ana
