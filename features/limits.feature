Feature: When Meta asks for slower sending
  Meta lets each account send only so much. What must wait says until when it does, and nobody else waits for it.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia also manages the Page "Feira da Vila"
    And Bia connected her accounts
    And Caio wrote to the Page "Feira da Vila" "Tem tomate?"
    And Meta lets "Feira da Vila" send nothing for ten minutes

  Rule: The account waits, and says until when

    Scenario: The answer that Meta did not take
      When Bia answers Caio "Tem sim"
      Then the answer to Caio waits, and Bia is told that it goes in ten minutes

    Scenario: An answer that is written meanwhile
      Given Bia answered Caio "Tem sim"
      When Bia answers Caio "E bem maduro"
      Then the answer to Caio waits, and Bia is told that it goes in ten minutes

  Rule: Nobody else waits for it

    Scenario: Another account's answer
      Given Bia answered Caio "Tem sim"
      And Ana wrote to the Page "Casa Verde" "Oi"
      When Bia answers Ana "Bom dia!"
      Then Ana receives "Bom dia!"
      And the answer is shown as sent
