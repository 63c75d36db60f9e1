Feature: What becomes of a message
  People edit, react, take back and read; whatever comes first, Bia sees how things stand.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: Ana corrects what she wrote
    Given Ana wrote to the Page "Casa Verde" "Quero 3 bolos"
    When Ana changes it to "Quero 4 bolos"
    Then Bia sees "Quero 4 bolos" from Ana
    And Bia can read that it was "Quero 3 bolos" before

  Scenario: Ana likes an answer
    Given Ana wrote to the Page "Casa Verde" "Oi"
    And Bia answered Ana "Temos sim!"
    When Ana reacts to the answer with love
    Then Bia sees Ana's love for the answer "Temos sim!"

  Scenario: Ana changes her mind
    Given Ana wrote to the Page "Casa Verde" "Oi"
    And Bia answered Ana "Temos sim!"
    And Ana reacted to the answer with love
    When Ana takes her reaction back
    Then Bia sees no reaction to the answer "Temos sim!"

  Scenario: Ana takes a message back
    Given Ana wrote to the Instagram account "casaverde" "Meu CPF é 111"
    When Ana unsends it
    Then Bia sees that a message of Ana's was unsent
    And "Meu CPF é 111" is nowhere any more

  Scenario: The correction comes before the message
    When Meta first tells of Ana's correction "Quero 4 bolos" and then of her message "Quero 3 bolos"
    Then Bia sees "Quero 4 bolos" from Ana

  Scenario: Ana has read the answer
    Given Ana wrote to the Page "Casa Verde" "Oi"
    And Bia answered Ana "Temos sim!"
    When Ana reads it
    Then the answer "Temos sim!" is shown as read

  Scenario: Ana has read the answer on Instagram
    Given Ana wrote to the Instagram account "casaverde" "Oi"
    And Bia answered Ana "Temos sim!"
    When Ana reads it
    Then the answer "Temos sim!" is shown as read

  Scenario: Another app takes the conversation over
    Given Ana wrote to the Page "Casa Verde" "Oi"
    When the conversation with Ana is handed to another app
    Then Bia sees that another app has the conversation with Ana

  Scenario: Ana comes back by a link
    Given Ana wrote to the Page "Casa Verde" "Oi" 30 hours ago
    When Ana comes back by the link "outono"
    Then Bia sees that Ana came by the link "outono"
    And Bia may answer Ana again
