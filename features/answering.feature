Feature: Answering a customer
  An agent may write freely for 24 hours after the customer last wrote, and learns truly what became of it.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Rule: Within the window an answer arrives once

    Scenario: A text
      Given Ana wrote to the Page "Casa Verde" "Quanto custa?"
      When Bia answers Ana "R$ 25,00 o quilo"
      Then Ana receives "R$ 25,00 o quilo"
      And the answer is shown as sent

    Scenario: On Instagram
      Given Ana wrote to the Instagram account "casaverde" "Quanto custa?"
      When Bia answers Ana "R$ 25,00 o quilo"
      Then Ana receives "R$ 25,00 o quilo"
      And the answer is shown as sent

    Scenario: A picture
      Given Ana wrote to the Page "Casa Verde" "Tem foto?"
      When Bia answers Ana with a picture
      Then Ana receives a picture

    Scenario: Buttons to choose from
      Given Ana wrote to the Page "Casa Verde" "Quero encomendar"
      When Bia answers Ana "Para quando?" with the buttons "Hoje" and "Amanhã"
      Then Ana receives "Para quando?" with the buttons "Hoje" and "Amanhã"

    Scenario: The same click twice
      Given Ana wrote to the Page "Casa Verde" "Oi"
      When Bia's browser sends the answer "Bom dia!" twice
      Then Ana receives "Bom dia!" only once
      And both times Bia is told the same

    Scenario: Meta's repetition of our own answer
      Given Ana wrote to the Page "Casa Verde" "Oi"
      When Bia answers Ana "Bom dia!"
      And Meta has told us of everything
      Then the conversation with Ana holds "Bom dia!" only once

    Scenario: A text that is too long
      Given Ana wrote to the Instagram account "casaverde" "Contem tudo"
      When Bia answers Ana with 1001 bytes of text
      Then the answer is refused because the text is too long
      And Ana receives nothing

  Rule: After the window nothing is sent

    Scenario: Answering a day too late
      Given Ana wrote to the Page "Casa Verde" 25 hours ago
      When Bia answers Ana "Seu pedido sai hoje"
      Then the answer is refused because the window is closed
      And Ana receives nothing

    Scenario: A person may still answer as human agent
      Given Ana wrote to the Page "Casa Verde" 25 hours ago
      When Bia answers Ana "Seu pedido sai hoje" as human agent
      Then Ana receives "Seu pedido sai hoje"

    Scenario: An automation may not
      Given Ana wrote to the Page "Casa Verde" 25 hours ago
      When an automation answers Ana "Seu pedido sai hoje" as human agent
      Then the answer is refused because the window is closed

    Scenario: Somebody who came by an advertisement may be answered for a week
      Given Ana came to the Page "Casa Verde" by an advertisement 6 days ago
      When an automation answers Ana "Ainda temos pão de queijo"
      Then Ana receives "Ainda temos pão de queijo"

    Scenario: Somebody who never wrote
      When Bia writes to Ana, who never wrote, "Promoção!"
      Then the answer is refused because the window is closed

  Rule: What is not known is said to be not known

    Scenario: Meta takes the answer and never says so
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And Meta will take the next answer and say nothing
      When Bia answers Ana "Bom dia!"
      Then Ana receives "Bom dia!" only once
      And the answer is not shown as failed
      And once Meta has told us of everything the answer is shown as sent

    Scenario: The answer is found at Meta
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And what Meta tells no longer reaches us
      And Meta will take the next answer and say nothing
      When Bia answers Ana "Bom dia!"
      Then a look at Meta shows that the answer was sent
      And the conversation with Ana holds "Bom dia!" only once

    Scenario: What is not found stays open
      Given Ana wrote to the Instagram account "casaverde" "Oi"
      And the next answer will be lost on its way to Meta
      When Bia answers Ana "Bom dia!"
      Then a look at Meta leaves it open
      And Ana receives nothing

    Scenario: Bia checks for herself
      Given Ana wrote to the Instagram account "casaverde" "Oi"
      And what Meta tells no longer reaches us
      And Meta will take the next answer and say nothing
      And Bia answered Ana "Bom dia!"
      When Bia checks the answer
      Then the answer is shown as sent
      And Ana receives "Bom dia!" only once

    Scenario: Bia checks in vain
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And the next answer will be lost on its way to Meta
      And Bia answered Ana "Bom dia!"
      When Bia checks the answer
      Then the answer is not known to have arrived

    Scenario: Bia decides to send it again
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And the next answer will be lost on its way to Meta
      And Bia answered Ana "Bom dia!"
      When Bia clicks twice to send the answer again
      Then the answer is shown as sent
      And Ana receives "Bom dia!" only once
      And the conversation with Ana holds "Bom dia!" only once

    Scenario: A program does not decide that
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And the next answer will be lost on its way to Meta
      And Bia answered Ana "Bom dia!"
      When an automation sends the answer again
      Then the answer is refused because only a person may decide that
      And Ana receives nothing

    Scenario: A failed answer, once Ana can be reached again
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And Ana blocked the business
      And Bia answered Ana "Bom dia!"
      And Ana no longer blocks the business
      When Bia sends the answer again
      Then the answer is shown as sent
      And Ana receives "Bom dia!" only once

    Scenario: Meta cannot be reached
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And Meta does not answer
      When Bia answers Ana "Bom dia!"
      Then the answer waits
      And once Meta answers again Ana receives "Bom dia!" only once

    Scenario: Meta refuses
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And Ana blocked the business
      When Bia answers Ana "Bom dia!"
      Then the answer is refused because Ana cannot be reached
      And the failed answer is kept with its cause

    Scenario: The access token died
      Given Ana wrote to the Page "Casa Verde" "Oi"
      And Bia changed her password at Meta
      When Bia answers Ana "Bom dia!"
      Then the answer waits
      And the Page "Casa Verde" needs a new login
      And once Bia connects her accounts again Ana receives "Bom dia!" only once
