Feature: A long answer goes in parts
  Meta takes so much text at once and no more. A longer answer goes in several messages, and the agent sees one.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Rule: The parts arrive one after the other, and the agent sees the answer as it was written

    Scenario: The whole recipe
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      When Bia answers Ana with a recipe of 5000 characters, in parts
      Then Ana receives the recipe in 3 parts, in their order
      And Bia sees one answer with the whole recipe
      And the answer is shown as sent

    Scenario: On Instagram, which takes less
      Given Ana wrote to the Instagram account "casaverde" "Manda a receita?"
      When Bia answers Ana with a recipe of 2500 characters, in parts
      Then Ana receives the recipe in 3 parts, in their order
      And Bia sees one answer with the whole recipe

    Scenario: Families stay together
      Given Ana wrote to the Instagram account "casaverde" "Quantos vêm?"
      When Bia answers Ana with 100 families, in parts
      Then Ana receives 100 whole families in 2 parts

    Scenario: A short answer stays one message
      Given Ana wrote to the Page "Casa Verde" "Oi"
      When Bia answers Ana "Bom dia!", in parts if need be
      Then Ana receives "Bom dia!" only once

    Scenario: Ana answers the second part
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      And Bia answered Ana with a recipe of 5000 characters, in parts
      When Ana answers the second part "Quanto açúcar?"
      Then Bia sees "Quanto açúcar?" as an answer to the recipe

    Scenario: Bia marks the recipe
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      And Bia answered Ana with a recipe of 5000 characters, in parts
      When Bia reacts to the recipe with "love"
      Then Bia sees the reaction "love" of the shop

    Scenario: Bia takes the mark back
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      And Bia answered Ana with a recipe of 5000 characters, in parts
      And Bia reacted to the recipe with "love"
      When Bia takes her reaction to the recipe back
      Then Bia sees no reaction of the shop

  Rule: What does not arrive is said, and nothing goes twice

    Scenario: Meta refuses in the middle
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      And Meta will take one message and then say that Ana cannot be reached
      When Bia answers Ana with a recipe of 5000 characters, in parts
      Then the answer is refused because Ana cannot be reached
      And Ana received only the first part
      And Bia sees that the other parts were not sent

    Scenario: Bia has the rest sent
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      And Meta will take one message and then say that Ana cannot be reached
      And Bia answered Ana with a recipe of 5000 characters, in parts
      When Bia sends the answer again
      Then Ana receives the recipe in 3 parts, in their order
      And Bia sees one answer with the whole recipe

    Scenario: Meta takes a part and never says so
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      And Meta will take the next answer and say nothing
      When Bia answers Ana with a recipe of 5000 characters, in parts
      And Meta has told us of everything
      Then Ana receives the recipe in 3 parts, in their order
      And Bia sees one answer with the whole recipe

    Scenario: A book
      Given Ana wrote to the Page "Casa Verde" "Manda a receita?"
      When Bia answers Ana with a recipe of 41000 characters, in parts
      Then the answer is refused because the text is too long
      And Ana receives nothing
